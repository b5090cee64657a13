<%def name="grid(head, rows)">
% if rows:
<table class="grid">
<thead><tr>
% for one in head:
<th>${one}</th>
% endfor
</tr></thead>
<tbody>
% for row in rows:
<tr><th>${row.name}</th>
% for cell in row.cells:
<td><i class="${cell}" title="${cell}"></i></td>
% endfor
</tr>
% endfor
</tbody>
</table>
% endif
</%def>\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: coverage of the contract</title>
<style>
:root { --page: #f7f6f2; --card: #fff; --ink: #1d2230; --soft: #6b7080; --line: #e3e1da; --seen: #2f8f5b; --due: #c8442f; --unseen: #d4d2ca; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14161b; --card: #1c1f26; --ink: #e8e8ea; --soft: #9a9fae; --line: #2c303a; --seen: #4bbd7f; --due: #ef6b55; --unseen: #3b404c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2.5rem 1.25rem 4rem; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.9rem; letter-spacing: -0.02em; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.15rem; }
h3 { margin: 1rem 0 0.4rem; font-size: 0.8rem; font-weight: 600; text-transform: uppercase; letter-spacing: 0.06em; color: var(--soft); }
p { margin: 0.35rem 0 0; color: var(--soft); }
code, .grid th, summary b { font: 13px/1.4 ui-monospace, monospace; }
.verdict { display: inline-block; margin-top: 1rem; padding: 0.35rem 0.8rem; border-radius: 2rem; color: #fff; background: var(--seen); }
.verdict.due { background: var(--due); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0.8rem; margin-top: 1.5rem; }
.tile, details, .card { background: var(--card); border: 1px solid var(--line); border-radius: 0.7rem; }
.tile { padding: 0.9rem 1rem; }
.tile strong { float: right; font-variant-numeric: tabular-nums; }
.tile p { font-size: 0.82rem; }
.bar { height: 6px; margin: 0.55rem 0; border-radius: 3px; background: var(--unseen); overflow: hidden; }
.bar span { display: block; height: 100%; background: var(--seen); }
details { margin: 0.4rem 0; }
summary { display: grid; grid-template-columns: minmax(11rem, 1fr) 7rem 9rem 4.5rem; align-items: center; gap: 1rem; padding: 0.6rem 1rem; cursor: pointer; }
summary .bar { margin: 0; }
summary em { font-style: normal; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
summary span.doors { display: flex; gap: 0.6rem; }
.inside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), max-content)); gap: 0.5rem 3rem; padding: 0 1rem 1rem; border-top: 1px solid var(--line); }
.inside > div { overflow-x: auto; }
.inside > p { grid-column: 1 / -1; }
.inside .due { color: var(--due); }
.card { padding: 0.8rem 1rem; overflow-x: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0.8rem; align-items: start; }
.grid { border-collapse: collapse; }
.grid th { text-align: left; padding: 0.15rem 1rem 0.15rem 0; font-weight: 400; white-space: nowrap; }
.grid thead th { color: var(--soft); font-size: 0.72rem; }
.grid td { padding: 0.15rem 1rem 0.15rem 0; }
i { display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 50%; background: var(--unseen); vertical-align: middle; }
i.seen { background: var(--seen); }
i.due { background: var(--due); }
i.none { background: none; }
.legend { display: flex; flex-wrap: wrap; gap: 1.2rem; margin: 0.5rem 0 1rem; color: var(--soft); font-size: 0.85rem; }
</style>
</head>
<body>
<h1>${title}</h1>
<p>Version ${version}. ${total} of what the contract says can happen was seen.</p>
% if due:
<span class="verdict due">${len(due)} due and not seen</span>
% else:
<span class="verdict">all that is due was seen</span>
% endif
<div class="tiles">
% for name, text, seen, of, percent in tiles:
% if of:
<div class="tile"><strong>${percent}</strong>${name}<div class="bar"><span style="width: ${100 * seen // of}%"></span></div><p>${seen} of ${of}. ${text}</p></div>
% endif
% endfor
</div>
<h2>Operations</h2>
<div class="legend"><span><i class="seen"></i> seen</span><span><i></i> not seen</span><span><i class="due"></i> due and not seen</span>
<span>doors: ${", ".join(doors)}</span></div>
% for one in operations:
<details id="${one.name}"${" open" if one.due else ""}>
<summary><b>${one.name}</b><span class="doors">
% for cell, door in zip(one.doors, doors):
<i class="${cell}" title="${door}: ${cell}"></i>
% endfor
</span><div class="bar"><span style="width: ${one.percent}%"></span></div><em>${one.share}</em></summary>
<div class="inside">
<p>${one.summary}</p>
% if one.due:
<p class="due">due and not seen: ${", ".join(one.due)}</p>
% endif
<div><h3>Codes</h3>${grid(("", *doors), one.codes)}</div>
<div><h3>Callers</h3>${grid(("", "REST", "WS"), one.callers)}<h3>Statuses</h3>${grid((), one.statuses)}</div>
<div><h3>Keywords</h3>${grid(("", "kept", "broken"), one.keywords)}</div>
</div>
</details>
% endfor
% if messages:
<h2>Socket</h2>
<div class="pair"><div class="card"><h3>Events and control frames</h3>${grid(("", *encodings), messages)}</div>
<div class="card"><h3>Close codes</h3>${grid((), closes)}</div></div>
% endif
</body>
</html>
