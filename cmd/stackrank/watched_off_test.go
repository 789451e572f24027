//go:build !race

package main

// watched says whether the race detector is at work.
const watched = false
