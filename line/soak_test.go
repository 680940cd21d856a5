//go:build soak

package line

import (
	"sync/atomic"
	"testing"
	"time"
)

// oracleZones are 30 zones with the ten years that show what is odd in them, from the first of January.
var oracleZones = []struct {
	zone string
	from int
}{
	{"Europe/London", 2016}, {"Europe/Dublin", 2022}, // its winter is the odd one
	{"America/New_York", 2022}, {"America/St_Johns", 2018}, {"America/Havana", 2020}, {"America/Santiago", 2018},
	{"America/Asuncion", 2018}, {"America/Sao_Paulo", 2015}, {"America/Caracas", 2015}, {"America/Nuuk", 2018},
	{"Africa/Cairo", 2018}, {"Africa/Casablanca", 2018}, {"Africa/El_Aaiun", 2022}, {"Africa/Juba", 2016},
	{"Asia/Gaza", 2018}, {"Asia/Beirut", 2019}, {"Asia/Damascus", 2017}, {"Asia/Tehran", 2017}, {"Asia/Amman", 2018},
	{"Asia/Kathmandu", 2022}, {"Asia/Ho_Chi_Minh", 2022}, {"Asia/Pyongyang", 2015}, {"Europe/Istanbul", 2015},
	{"Australia/Lord_Howe", 2020}, {"Australia/Sydney", 2022}, {"Pacific/Chatham", 2020}, {"Pacific/Apia", 2010},
	{"Pacific/Norfolk", 2016}, {"Pacific/Easter", 2018}, {"Antarctica/Troll", 2020},
}

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
