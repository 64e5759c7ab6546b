package portal

import (
	"context"
	"encoding/base64"
	"sort"
	"strconv"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
)

type accountInfo struct {
	ID    string `json:"accountId"`
	Name  string `json:"accountName"`
	Email string `json:"emailAddress,omitempty"`
}

// listAccounts decodes ListAccounts.
func (p *Portal) listAccounts(req *awsapi.Request) (awsapi.Call, error) {
	return p.portalCall(req, func(ctx context.Context, h *holder, _ string) (any, error) {
		all, err := p.Center.Accounts(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		page, next, err := pageOf(req, all, func(a *center.AccountAccess) string { return a.Account })
		if err != nil {
			return nil, err
		}
		out := struct {
			Next     *string       `json:"nextToken"`
			Accounts []accountInfo `json:"accountList"`
		}{next, []accountInfo{}}
		for _, a := range page {
			out.Accounts = append(out.Accounts, accountInfo{a.Account, a.AccountName, a.Email})
		}
		return &out, nil
	}), nil
}

// maxPage is the most that a page has, and what it has if nobody asks for less.
const maxPage = 100

// pageOf is the page of a list, in the order of what an element is called, that a request asks for, and the token of the next one.
func pageOf[T any](req *awsapi.Request, all []T, name func(*T) string) (page []T, next *string, err error) {
	size := maxPage
	if text := parameter(req, "max_result"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			return nil, nil, &awsapi.Error{Code: "InvalidRequestException", Status: 400, Message: "Invalid max_result"}
		}
		size = n
	}
	if text := parameter(req, "next_token"); text != "" {
		last, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			return nil, nil, &awsapi.Error{Code: "InvalidRequestException", Status: 400, Message: "Invalid next_token"}
		}
		all = all[sort.Search(len(all), func(i int) bool { return name(&all[i]) > string(last) }):]
	}
	if len(all) <= size {
		return all, nil, nil
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(name(&all[size-1])))
	return all[:size], &text, nil
}
