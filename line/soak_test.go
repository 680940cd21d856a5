//go:build soak

package line

import (
	"sync/atomic"
	"testing"
	"time"
)

// TestSoakRota looks at every minute of ten years in 30 zones: what a person is told is what the wall says.
func TestSoakRota(t *testing.T) {
	var minutes, wrong atomic.Int64
	t.Run("zones", func(t *testing.T) {
		for _, z := range oracleZones {
			t.Run(z.zone, func(t *testing.T) {
				t.Parallel()
				first := time.Date(z.from, 1, 1, 0, 0, 0, 0, time.UTC)
				days := int(first.AddDate(10, 0, 0).Sub(first) / (24 * time.Hour))
				m, w := judge(t, z.zone, first, days, z.from > 2014)
				minutes.Add(int64(m))
				wrong.Add(int64(w))
			})
		}
	})
	t.Logf("%d zones, ten years each: %d answers, %d disagreements", len(oracleZones), minutes.Load(), wrong.Load())
	if len(oracleZones) != 30 || minutes.Load() < 30*10*365*24*60 {
		t.Error("too little was looked at")
	}
}
