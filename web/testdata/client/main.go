// Command client does what the example of README.md does, with a client that
// was generated from the API's description.
package main

import (
	"client/wherefore"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run sends the example's event, and prints it and the reason's id.
func run(ctx context.Context, server, token string) error {
	client, err := wherefore.NewClientWithResponses(server, wherefore.WithRequestEditorFn(
		func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	if err != nil {
		return err
	}
	event := example()
	if err := json.NewEncoder(os.Stdout).Encode(event); err != nil {
		return err
	}
	var body wherefore.Events
	if err := body.FromEvent(event); err != nil {
		return err
	}
	added, err := client.AddEventsWithResponse(ctx, body)
	if err != nil {
		return err
	}
	if added.JSON200 == nil || added.JSON200.Accepted != 1 || len(added.JSON200.Results) != 0 {
		return fmt.Errorf("sending the event answered %d %s", added.StatusCode(), added.Body)
	}
	locale := "fr"
	why, err := client.ShowReasonWithResponse(ctx, event.ProfileId, &wherefore.ShowReasonParams{Locale: &locale})
	if err != nil {
		return err
	}
	if why.JSON200 == nil || why.JSON200.Reason == nil {
		return fmt.Errorf("asking for the reason answered %d %s", why.StatusCode(), why.Body)
	}
	fmt.Println(why.JSON200.Reason.Id, why.JSON200.Reason.Locale)
	return nil
}

func example() wherefore.Event {
	network, status := wherefore.Facebook, 400
	return wherefore.Event{
		Id: "1", ProfileId: "p-123", Network: &network, HttpStatus: &status,
		Error: map[string]any{"error": map[string]any{
			"message":       "Error validating access token: The session has been invalidated because the user changed their password.",
			"type":          "OAuthException",
			"code":          190,
			"error_subcode": 460,
		}},
	}
}
