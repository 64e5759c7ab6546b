package portal

import (
	"context"
	"slices"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
)

type roleInfo struct {
	Name    string `json:"roleName"`
	Account string `json:"accountId"`
}

// listAccountRoles decodes ListAccountRoles.
func (p *Portal) listAccountRoles(req *awsapi.Request) (awsapi.Call, error) {
	account := parameter(req, "account_id")
	return p.portalCall(req, func(ctx context.Context, h *holder, _ string) (any, error) {
		if account == "" {
			return nil, missing("account_id")
		}
		all, err := p.Center.Accounts(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(a center.AccountAccess) bool { return a.Account == account })
		if i < 0 {
			return nil, noAccess()
		}
		page, next, err := pageOf(req, all[i].Roles, func(r *center.RoleAccess) string { return r.Name })
		if err != nil {
			return nil, err
		}
		out := struct {
			Next  *string    `json:"nextToken"`
			Roles []roleInfo `json:"roleList"`
		}{next, []roleInfo{}}
		for _, r := range page {
			out.Roles = append(out.Roles, roleInfo{r.Name, account})
		}
		return &out, nil
	}), nil
}
