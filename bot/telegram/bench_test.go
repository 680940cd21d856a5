package telegram

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkWebhook is from Telegram's call to the answer that says committed, over HTTP, in ns and as percentiles: of a handler
// that only reads, and of ours with the real bot, its store on a disk that is not synced, and Telegram taking the answers.
func BenchmarkWebhook(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
		defer site.Close()
		posts(b, site.URL, func(int) string { return "9" })
	})
	b.Run("committed", func(b *testing.B) {
		s := newScene(b, quick)
		var chats []string
		for range 1000 {
			p := s.server.Phone()
			p.Writes("hi")
			chats = append(chats, p.Chat())
		}
		posts(b, s.site.URL, func(n int) string { return chats[n%len(chats)] })
	})
}

// posts posts texts of many chats.
func posts(b *testing.B, url string, chat func(int) string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var n atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	b.SetParallelism(16)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var mine []time.Duration
		for pb.Next() {
			i := int(n.Add(1))
			c := chat(i)
			body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"chat":{"id":%s,"type":"private"},"from":{"id":%s,"is_bot":false},"text":"1"}}`, i, i, c, c)
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set(secretHeader, Secret(token))
			began := time.Now()
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
				return
			}
			mine = append(mine, time.Since(began))
		}
		mu.Lock()
		defer mu.Unlock()
		took = append(took, mine...)
	})
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
