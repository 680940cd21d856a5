package telegram

import (
	"context"
	"errors"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"quietline/bot"
)

// tokenPause is how long to wait when Telegram does not know the token: somebody has to put it right.
const tokenPause = time.Minute

// classify says what a failed call means, in words of ours. What Telegram said stays out: it may repeat what was sent.
//
// After an HTML page, a 5xx, a timeout or a cut connection nobody knows whether it was done: it is tried again.
func classify(err error) *bot.SendError {
	var many *tg.TooManyRequestsError
	var migrate *tg.MigrateError
	switch {
	case errors.As(err, &many):
		return &bot.SendError{Next: bot.Again, After: time.Duration(max(1, many.RetryAfter)) * time.Second, Class: "rate limit"}
	case errors.As(err, &migrate):
		return &bot.SendError{Next: bot.Never, Class: "no chat"}
	case errors.Is(err, tg.ErrorForbidden):
		return &bot.SendError{Next: bot.Never, Class: "blocked"}
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return &bot.SendError{Next: bot.Again, After: tokenPause, Class: "token"}
	case errors.Is(err, tg.ErrorConflict):
		return &bot.SendError{Next: bot.Again, Class: "conflict"}
	case errors.Is(err, tg.ErrorBadRequest):
		said := strings.ToLower(err.Error())
		for _, gone := range []string{"chat not found", "user not found", "peer_id_invalid"} {
			if strings.Contains(said, gone) {
				return &bot.SendError{Next: bot.Never, Class: "no chat"}
			}
		}
		return &bot.SendError{Next: bot.Lost, Class: "refused"}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &bot.SendError{Next: bot.Again, Class: "timeout"}
	case strings.HasPrefix(err.Error(), "error response from telegram"), strings.HasPrefix(err.Error(), "error decode"):
		return &bot.SendError{Next: bot.Again, Class: "server"}
	}
	return &bot.SendError{Next: bot.Again, Class: "network"}
}
