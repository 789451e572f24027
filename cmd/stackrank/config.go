package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stackrank/config"
)

func newConfig(a *app) *cobra.Command {
	c := &cobra.Command{
		Use: "config", Short: "About the configuration", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the configuration", Args: cobra.NoArgs,
		Long: "Prints a JSON Schema, with which editors complete and check the configuration.",
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema(configKinds())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%s\n", strings.TrimSpace(string(schema)))
			return err
		},
	})
	c.AddCommand(newWeights(a))
	return c
}
