package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"quietline/bot/web"
)

func benchSite(b *testing.B) http.Handler {
	w := &town{t: nil}
	site, err := web.New(web.Config{Content: content, Languages: languages(), Countries: countries, Country: "GB", Cover: cover,
		ExitURL: "https://example.org/", PublicURL: "https://example.org", Now: w.Now, Rand: zeros{}, Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	return site
}

// BenchmarkPage is the public page as it is served again and again.
func BenchmarkPage(b *testing.B) {
	site := benchSite(b)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", "en")
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		b.SetBytes(int64(w.Body.Len()))
	}
}

// BenchmarkPageFirst is a page that nobody has asked for since the content changed: rendered and compressed.
func BenchmarkPageFirst(b *testing.B) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for b.Loop() {
		b.StopTimer()
		site := benchSite(b)
		b.StartTimer()
		site.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// zeros and quiet are what a page that keeps nothing needs no more of.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

var quiet = slog.New(slog.DiscardHandler)
