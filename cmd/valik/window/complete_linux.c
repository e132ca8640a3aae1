//go:build gui && cgo

// What Wails leaves out of its window on Linux: no other page comes into it, and Control with
// plus, minus and zero makes everything larger or smaller, as WCAG 2.2 (1.4.4) wants it.

#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

#define SMALLEST 0.5
#define LARGEST 4.0
#define STEP 0.25

static gboolean is_own(const char *uri) { return g_str_has_prefix(uri, "wails://wails/"); }

static gboolean is_web(const char *uri) { return g_str_has_prefix(uri, "https://") || g_str_has_prefix(uri, "http://"); }

// on_page keeps other pages out of the window, where a voter could not tell them from the
// program. A link that the voter follows opens in their browser, if it is one for browsers.
static gboolean on_page(WebKitWebView *view, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, gpointer window) {
	if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) return FALSE; // its page was let in
	WebKitNavigationAction *action =
		webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
	const char *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
	if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && is_own(uri)) return FALSE;
	if (webkit_navigation_action_is_user_gesture(action) && is_web(uri)) {
		gtk_show_uri_on_window(GTK_WINDOW(window), uri, GDK_CURRENT_TIME, NULL);
	}
	webkit_policy_decision_ignore(decision);
	return TRUE;
}

static void zoom(WebKitWebView *view, double level) {
	webkit_web_view_set_zoom_level(view, CLAMP(level, SMALLEST, LARGEST));
}

static gboolean on_key(GtkWidget *widget, GdkEventKey *event, gpointer unused) {
	WebKitWebView *view = WEBKIT_WEB_VIEW(widget);
	guint held = event->state & gtk_accelerator_get_default_mod_mask() & ~GDK_SHIFT_MASK;
	if (held != GDK_CONTROL_MASK) return FALSE;
	switch (event->keyval) {
	case GDK_KEY_plus:
	case GDK_KEY_equal: // plus is above it on many keyboards
	case GDK_KEY_KP_Add:
		zoom(view, webkit_web_view_get_zoom_level(view) + STEP);
		return TRUE;
	case GDK_KEY_minus:
	case GDK_KEY_KP_Subtract:
		zoom(view, webkit_web_view_get_zoom_level(view) - STEP);
		return TRUE;
	case GDK_KEY_0:
	case GDK_KEY_KP_0:
		zoom(view, 1);
		return TRUE;
	}
	return FALSE;
}

// view_in finds the page among a window's widgets; Wails does not tell it.
static GtkWidget *view_in(GtkWidget *widget) {
	if (WEBKIT_IS_WEB_VIEW(widget)) return widget;
	if (!GTK_IS_CONTAINER(widget)) return NULL;
	GtkWidget *found = NULL;
	GList *children = gtk_container_get_children(GTK_CONTAINER(widget));
	for (GList *child = children; child != NULL && found == NULL; child = child->next) found = view_in(child->data);
	g_list_free(children);
	return found;
}

static gboolean complete(gpointer unused) {
	GList *windows = gtk_window_list_toplevels();
	for (GList *window = windows; window != NULL; window = window->next) {
		GtkWidget *view = view_in(window->data);
		if (view == NULL) continue;
		gtk_window_set_icon_name(window->data, "valik");
		g_signal_connect(view, "decide-policy", G_CALLBACK(on_page), window->data);
		g_signal_connect(view, "key-press-event", G_CALLBACK(on_key), NULL);
	}
	g_list_free(windows);
	return G_SOURCE_REMOVE;
}

// complete_window may be called by any thread: GTK is used by its own alone.
void complete_window(void) { g_idle_add(complete, NULL); }
