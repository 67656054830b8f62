//! What a web server says where the provider's own code was not reached.

use axum::http::{Method, StatusCode};

use crate::{Reply, request::Request};

const HTML: &str = "text/html; charset=utf-8";

pub(crate) fn check_method(request: &Request<'_>, allowed: &Method) -> Result<(), Reply> {
    if request.method == allowed {
        return Ok(());
    }
    Err(page(405).with_header("allow", allowed.as_str()))
}

/// No such path: a page, as servers send one, and not the provider's own "not found".
pub(super) fn no_such_path() -> Reply {
    page(404)
}

pub(crate) fn too_large() -> Reply {
    page(413)
}

/// The page of Express, a common web framework, for an unknown route.
pub(super) fn express_cannot(request: &Request<'_>) -> Reply {
    let path = if request.path.is_empty() { "/" } else { request.path };
    let line = escape(&format!("Cannot {} {path}", request.method));
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n\
         </head>\n<body>\n<pre>{line}</pre>\n</body>\n</html>\n"
    );
    Reply::of_content(404, HTML, body)
        .with_header("content-security-policy", "default-src 'none'")
        .with_header("x-content-type-options", "nosniff")
}

/// The name of an HTTP status.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        413 => "Content Too Large",
        _ => StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Unknown"),
    }
}

pub(super) fn page(status: u16) -> Reply {
    let title = reason(status);
    let body = format!(
        "<html>\n<head><title>{status} {title}</title></head>\n<body>\n<h1>{status} {title}</h1>\n\
         </body>\n</html>\n"
    );
    Reply::of_content(status, HTML, body)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
