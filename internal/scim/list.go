package scim

import (
	"net/http"
	"strconv"

	"github.com/statordb/stator/internal/kv"
)

const (
	listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	// maxPage is how many resources a page has at the most, and if nobody says.
	maxPage = 100
)

// lister knows the resources of a kind.
type lister[T any] struct {
	// page returns those of a page, without the first ones, and how many there are in all.
	page func(r kv.Reader, skip, most int) ([]*T, int, error)
	// each yields those that fulfil a filter that has conditions, in an order that stays the same.
	each func(r kv.Reader, filter []equals, yield func(show func() *T)) error
	// known says whether there are such conditions.
	known func(equals) bool
}

// list answers with a page of resources (RFC 7644, section 3.4.2.4). A filter of conditions that are not known is refused.
func list[T any](h *Handler, x *call, of lister[T]) error {
	query := x.r.URL.Query()
	start, err := number(query.Get("startIndex"), 1)
	if err != nil {
		return err
	}
	count, err := number(query.Get("count"), maxPage)
	if err != nil {
		return err
	}
	start, count = max(start, 1), min(max(count, 0), maxPage)
	var filter []equals
	if text := query.Get("filter"); text != "" {
		if filter, err = parseFilter(text); err != nil {
			return err
		}
	}
	for _, one := range filter {
		if !of.known(one) {
			return badFilter("There can be no filter by " + one.attribute + ".")
		}
	}
	type response struct {
		Schemas      []string `json:"schemas"`
		TotalResults int      `json:"totalResults"`
		ItemsPerPage int      `json:"itemsPerPage"`
		StartIndex   int      `json:"startIndex"`
		Resources    []*T     `json:"Resources"`
	}
	out := response{Schemas: []string{listSchema}, StartIndex: start, Resources: []*T{}}
	err = h.people.View(x.r.Context(), func(r kv.Reader) error {
		if len(filter) == 0 {
			page, total, err := of.page(r, start-1, count)
			out.Resources, out.TotalResults = append(out.Resources, page...), total
			return err
		}
		return of.each(r, filter, func(show func() *T) {
			if out.TotalResults++; out.TotalResults >= start && len(out.Resources) < count {
				out.Resources = append(out.Resources, show())
			}
		})
	})
	if err != nil {
		return err
	}
	out.ItemsPerPage = len(out.Resources)
	return x.respond(http.StatusOK, out)
}

func number(text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, badValue("startIndex and count are numbers.")
	}
	return n, nil
}
