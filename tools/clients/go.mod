module stackrank/tools/clients

go 1.26.0

require (
	github.com/adlio/trello v1.12.0
	github.com/google/go-cmp v0.7.0
)

require (
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/time v0.0.0-20200630173020-3af7569d3a1e // indirect
)
