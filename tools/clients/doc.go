// Package clients lets programs that other people wrote work with the simulated
// trackers: what a foreign client's users do must succeed, and what the service
// refuses them must be refused. Its tests need the build tag "clients":
//
//	go -C tools/clients test -tags clients ./...
//
// STACKRANK_BINARY names a program to look at instead of building one. Each test
// runs a sandbox as a process of its own and talks to it by HTTP alone.
package clients
