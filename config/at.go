package config

import (
	"fmt"
	"path/filepath"
)

// At gives an empty configuration that lives in a folder, for resolving
// references before there is a file.
func At(folder string) (Config, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return Config{}, fmt.Errorf("configuration folder %s: %w", folder, err)
	}
	return Config{folder: abs}, nil
}
