// Reads what docker/traefik says of routes by Traefik's own decoder, which takes no word that it does not know, and says what is wrong with it;
// exit code 1 then.
package main

import (
	"fmt"
	"os"

	"github.com/traefik/paerser/file"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = file.DecodeContent(string(text), ".yaml", &dynamic.Configuration{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
