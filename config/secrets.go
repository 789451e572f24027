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
// One newline at the end of a file is dropped. The errors name the reference
// and never what it leads to.
func (c Config) Lookup(env func(name string) (string, bool)) func(ref string) (string, error) {
	return func(ref string) (string, error) {
		if !strings.HasPrefix(ref, "env:") && !strings.HasPrefix(ref, "file:") {
			return "", errors.New("want env:NAME or file:PATH") // it may be the secret itself
		}
		value, err := c.lookup(ref, env)
		if err != nil {
			return "", fmt.Errorf("%s: %w", ref, err)
		}
		if value == "" {
			return "", fmt.Errorf("%s: empty", ref)
		}
		return value, nil
	}
}

func (c Config) lookup(ref string, env func(string) (string, bool)) (string, error) {
	if name, ok := strings.CutPrefix(ref, "env:"); ok {
		value, set := env(name)
		if !set {
			return "", errors.New("the environment variable is not set")
		}
		return value, nil
	}
	data, err := os.ReadFile(c.Path(strings.TrimPrefix(ref, "file:")))
	if err != nil {
		return "", err
	}
	value := strings.TrimSuffix(string(data), "\n")
	return strings.TrimSuffix(value, "\r"), nil
}

// Path gives the place of a file that the configuration names: a relative path
// starts in the folder of the configuration.
func (c Config) Path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.folder, path)
}
