// Reads dashboards by the types that Grafana generates from its own schema, strictly: a field that Grafana does not know, or
// one that it needs and does not find, is an error. Usage: strict FILE...
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	failed := len(os.Args) < 2
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		board := dashboard.Dashboard{}
		if err == nil {
			err = board.UnmarshalJSONStrict(text)
		}
		if err == nil {
			err = board.Validate()
		}
		// The schema's types give back an empty list of errors where there are none.
		if err != nil && err.Error() != "" {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			failed = true
			continue
		}
		fmt.Printf("%s: %d panels, as Grafana's schema has them\n", path, len(board.Panels))
	}
	if failed {
		os.Exit(1)
	}
}
