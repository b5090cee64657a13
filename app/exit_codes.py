"""How a command ends, in the numbers of sysexits.h, which scripts and service managers know."""

OK = 0
FAILED = 1
"""What was asked for is not so, or was refused."""
USAGE = 2
"""The command line is wrong; argparse's."""
UNAVAILABLE = 69
"""Something that is needed does not answer; it may later."""
SOFTWARE = 70
"""The workers cannot begin, or did not end as they should."""
OSERR = 71
"""The system does not give what is needed, as an address to listen on; it may later."""
CONFIG = 78
"""The configuration is wrong (ACCEPTANCE D33). To start again changes nothing."""
