package flows_test

import (
	"testing"

	"quietline/flows"
)

func TestShippedLoads(t *testing.T) {
	if _, err := flows.Load(flows.Shipped(), nil); err != nil {
		t.Fatal(err)
	}
}
