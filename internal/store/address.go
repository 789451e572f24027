package store

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"stackrank/internal/work"
)

// Default gives the address of the database where none is configured,
// $XDG_STATE_HOME/stackrank/stackrank.db or, without that variable,
// ~/.local/state/stackrank/stackrank.db, and makes its folder for its owner
// alone. getenv gives the value of an environment variable.
func Default(getenv func(string) string) (string, error) {
	root := getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(root) { // the XDG Base Directory Specification has relative paths ignored
		home := getenv("HOME")
		if !filepath.IsAbs(home) {
			return "", fmt.Errorf("state: %w: neither XDG_STATE_HOME nor HOME names a folder: set one of them, or state in the configuration", work.ErrInvalid)
		}
		root = filepath.Join(home, ".local", "state")
	}
	folder := filepath.Join(root, "stackrank")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("state: %w: its folder cannot be made: set state in the configuration to a place that can be written: %w", work.ErrForbidden, err)
	}
	return (&url.URL{Scheme: "sqlite", Path: filepath.Join(folder, "stackrank.db")}).String(), nil
}

// Exists reports whether there is a memory at an address, as far as can be told
// without a connection: the file of an SQLite database is there. What cannot be
// told is said to be there, so that Open says what is wrong with it.
func Exists(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "sqlite" {
		return true
	}
	_, err = os.Stat(u.Path)
	return !errors.Is(err, fs.ErrNotExist)
}

// scheme gives "sqlite" or "postgres". Its error does not show the address.
func scheme(address string) (string, error) {
	switch scheme, _, _ := strings.Cut(address, "://"); scheme {
	case "sqlite":
		return "sqlite", nil
	case "postgres", "postgresql":
		return "postgres", nil
	}
	return "", fmt.Errorf("state: %w: want sqlite:///PATH or postgres://HOST/NAME", work.ErrInvalid)
}
