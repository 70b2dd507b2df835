//! A form for a WebSub hub.

use reqwest::header::CONTENT_TYPE;
use tokio::time::timeout;
use url::Url;
use url::form_urlencoded::Serializer;

use super::Fetcher;
use crate::fetch::request::{Accept, Prepared};
use crate::fetch::resolve::URL_PORT;
use crate::fetch::response::retry_after;
use crate::fetch::{FetchError, Request, Response, host_key};

impl Fetcher {
    /// Posts fields as `application/x-www-form-urlencoded`, as politely as [`Fetcher::get`] gets; redirects
    /// are not followed.
    ///
    /// # Errors
    /// [`FetchError`], as its variants say; any status but 2xx is one.
    pub async fn post_form(
        &self,
        url: Url,
        fields: &[(&str, &str)],
    ) -> Result<Response, FetchError> {
        let prepared = Prepared::new(Request::new(url, Accept::Page))?;
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let _pass = self.gate.enter(&host_key(&prepared.url)).await;
        let posted = timeout(self.deadline, self.post(&prepared, body)).await;
        posted.map_err(|_| self.timed_out())?
    }

    async fn post(&self, request: &Prepared, body: String) -> Result<Response, FetchError> {
        let url = &request.url;
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        self.check_literal(url, port)?;
        let sent = self
            .client
            .post(url.clone())
            .headers(request.private.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send();
        let mut answer = URL_PORT
            .scope(port, sent)
            .await
            .map_err(|error| FetchError::from_reqwest(error, host, self.deadline))?;
        let code = answer.status().as_u16();
        if !(200..300).contains(&code) {
            return Err(FetchError::Status {
                code,
                retry_after: retry_after(answer.headers(), self.world.clock.now()),
            });
        }
        let body = self.body(&mut answer, host).await?;
        Ok(self.response(code, url, answer.headers(), body))
    }
}
