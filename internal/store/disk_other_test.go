//go:build !linux

package store

import "os/exec"

// systemRoles are the roles that only this system has.
func systemRoles() map[string]role { return nil }

// runAs leaves the user as it is: on other systems the tests do not run as root.
func runAs(*exec.Cmd, int, int) {}
