package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Lookup gives the function that resolves references: env:NAME by asking env,
// file:PATH by reading the file, relative to the folder of the configuration.
// One newline at the end of a file is dropped. The errors name the variable or
// the file and never what it holds.
func (c Config) Lookup(env func(name string) (string, bool)) func(ref string) (string, error) {
	return func(ref string) (string, error) {
		kind, name, _ := strings.Cut(ref, ":")
		switch kind {
		case "env":
			value, set := env(name)
			if !set {
				return "", fmt.Errorf("the environment variable %s is not set", name)
			}
			if value == "" {
				return "", fmt.Errorf("the environment variable %s is empty", name)
			}
			return value, nil
		case "file":
			return c.readFile(name)
		default:
			return "", errors.New("want env:NAME or file:PATH") // it may be the secret itself
		}
	}
}

func (c Config) readFile(name string) (string, error) {
	data, err := os.ReadFile(c.Path(name))
	if err != nil {
		return "", err
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if value == "" {
		return "", fmt.Errorf("the file %s is empty", c.Path(name))
	}
	return value, nil
}

// Path gives the place of a file that the configuration names: a relative path
// starts in the folder of the configuration.
func (c Config) Path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.folder, path)
}
