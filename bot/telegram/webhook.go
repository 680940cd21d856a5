package telegram

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	tg "github.com/go-telegram/bot"

	"quietline/bot"
)

// Errors of taking an update: in both cases Telegram must repeat it.
var (
	errOff   = errors.New("the chat is off")
	errPanic = errors.New("taking an update panicked")
)

const (
	secretHeader = "X-Telegram-Bot-Api-Secret-Token"
	// maxUpdate is the largest update read, in bytes; Telegram's own are some 20 kB.
	maxUpdate = 1 << 20
	// takeTime bounds taking one update; Telegram gives up on a call after about a minute.
	takeTime = 20 * time.Second
)

// ServeHTTP takes what Telegram posts to the webhook. 200 means that the update is committed, or that nothing is to be done
// about it; after anything else Telegram repeats it, in order within a chat.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(secretHeader)), []byte(c.secret)) != 1 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(c.receive(w, r))
}

// receive returns the status to answer with.
func (c *Channel) receive(w http.ResponseWriter, r *http.Request) int {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		c.cfg.Log.Warn("an update was not taken", "channel", Name, "class", "too large")
		return http.StatusRequestEntityTooLarge
	} else if err != nil {
		return http.StatusBadRequest
	}
	h, err := c.parse(body)
	if err != nil {
		c.cfg.Log.Warn("an update was not taken", "channel", Name, "class", "shape")
		return http.StatusBadRequest
	}
	switch err := c.take(r.Context(), h); {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errOff):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// take does what is to be done about an update. After nil it is committed; after an error it must come again.
func (c *Channel) take(ctx context.Context, h heard) (err error) {
	defer func() {
		if p := recover(); p != nil { // what it says may quote a text
			c.cfg.Log.Error("an update was not taken; Telegram repeats it", "channel", Name, "class", "panic", "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	if h.in != nil {
		if err := c.hand(ctx, *h.in, h.link); err != nil {
			c.cfg.Log.Error("an update was not taken; Telegram repeats it", "channel", Name, "class", takeClass(err))
			return err
		}
	}
	if h.tap != "" {
		c.besides(func(ctx context.Context) {
			_, _ = c.api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: h.tap})
			if h.chat != 0 && h.tapped != 0 {
				c.unhook(ctx, h.chat, h.tapped)
			}
		})
	}
	if h.leave {
		c.besides(func(ctx context.Context) { _, _ = c.api.LeaveChat(ctx, &tg.LeaveChatParams{ChatID: h.chat}) })
	}
	return nil
}

func (c *Channel) hand(ctx context.Context, in bot.Inbound, link string) error {
	b := c.cfg.Bot()
	if b == nil {
		return errOff
	}
	if link != "" {
		if country, ok := c.cfg.Open(link); ok {
			in.Country = country
		}
	}
	ctx, cancel := context.WithTimeout(ctx, takeTime)
	defer cancel()
	_, err := b.Take(ctx, in)
	if errors.Is(err, bot.ErrTooLong) || errors.Is(err, bot.ErrBadText) {
		// It would be refused for ever, and hold up all that the person writes after it.
		in.Text, in.Other = bot.Private{}, true
		_, err = b.Take(ctx, in)
	}
	return err
}

func takeClass(err error) string {
	switch {
	case errors.Is(err, errOff):
		return "chat off"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "timeout"
	}
	return "store"
}
