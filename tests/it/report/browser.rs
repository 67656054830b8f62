//! A browser to look at a page with: Debian's chromium, asked in the WebDriver protocol.
//!
//! The client libraries for it bring a second `http`, or more crates than this file has requests.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// How long anything may take, the start of the browser included, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(600);

/// A browser without a window, and its driver; both end with this value, even if the test fails.
pub(super) struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
}

impl Browser {
    /// Starts one; says why if there is none on this machine.
    pub(super) fn start() -> Result<Self, String> {
        let missing = |what: &str| format!("{what} is not installed");
        if Command::new("chromium").arg("--version").output().is_err() {
            return Err(missing("chromium"));
        }
        // It binds a free port of the loopback addresses, and names it.
        let driver =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let driver = driver.map_err(|_| missing("chromedriver"))?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let mut browser = Self { driver, agent, session: String::new() };
        let port = browser.port();
        browser.session = format!("http://127.0.0.1:{port}/session");
        // Its sandbox needs rights that a container does not give, and the page is our own.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ];
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let begun = browser.ask("", Some(json!({ "capabilities": { "alwaysMatch": wanted } })));
        browser.session += &format!("/{}", begun["sessionId"].as_str().unwrap());
        Ok(browser)
    }

    fn port(&mut self) -> u16 {
        let lines = BufReader::new(self.driver.stdout.take().unwrap()).lines();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // It goes on reading so that the driver never waits for room to write.
            for line in lines.map_while(Result::ok) {
                if let Some((_, port)) = line.rsplit_once("successfully on port ") {
                    let _ = sender.send(port.trim_end_matches('.').parse().unwrap());
                }
            }
        });
        receiver.recv_timeout(PATIENCE).unwrap()
    }

    /// Sends one command: with a body by POST, without one by GET.
    #[track_caller]
    fn ask(&self, command: &str, body: Option<Value>) -> Value {
        let address = format!("{}{command}", self.session);
        let response = match body {
            Some(body) => self.agent.post(address).content_type("application/json").send(body.to_string()),
            None => self.agent.get(address).call(),
        };
        let mut response = response.unwrap();
        let text = response.body_mut().with_config().limit(100 << 20).read_to_string().unwrap();
        assert!(response.status().is_success(), "{command}: {text}");
        serde_json::from_str::<Value>(&text).unwrap()["value"].take()
    }

    pub(super) fn open(&self, page: &Path) {
        let address = url::Url::from_file_path(page).unwrap();
        self.ask("/url", Some(json!({ "url": address.as_str() })));
    }

    /// The value of a script's `return`.
    #[track_caller]
    pub(super) fn script(&self, script: &str) -> Value {
        self.ask("/execute/sync", Some(json!({ "script": script, "args": [] })))
    }

    /// The text of every element that is not hidden, in the order of the page, those out of sight included.
    #[track_caller]
    pub(super) fn texts(&self, selector: &str) -> Vec<String> {
        let texts = self.script(&format!(
            "return [...document.querySelectorAll({})].filter((e) => e.checkVisibility()).map((e) => e.textContent)",
            json!(selector)
        ));
        serde_json::from_value(texts).unwrap()
    }

    #[track_caller]
    fn element(&self, selector: &str) -> String {
        let found = self.ask("/element", Some(json!({ "using": "css selector", "value": selector })));
        let id = found.as_object().and_then(|found| found.values().next()?.as_str()).unwrap();
        format!("/element/{id}")
    }

    #[track_caller]
    pub(super) fn click(&self, selector: &str) {
        self.ask(&format!("{}/click", self.element(selector)), Some(json!({})));
    }

    /// Presses keys while an element has the focus.
    #[track_caller]
    pub(super) fn keys(&self, selector: &str, keys: &str) {
        self.ask(&format!("{}/value", self.element(selector)), Some(json!({ "text": keys })));
    }

    /// What the page complained about since the last time, violations of its policy included.
    pub(super) fn complaints(&self) -> Vec<Value> {
        self.ask("/se/log", Some(json!({ "type": "browser" }))).as_array().unwrap().clone()
    }

    fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.ask("/goog/cdp/execute", Some(json!({ "cmd": command, "params": parameters })))
    }

    /// Makes the window as large as a screen.
    pub(super) fn resize(&self, width: u32, height: u32, is_phone: bool) {
        let scale = if is_phone { 2 } else { 1 };
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// Shows the page on a screen or on paper, to somebody who likes it light or dark.
    pub(super) fn prefer(&self, media: &str, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features }));
    }

    /// Loads the page again, for somebody who lets no script run or who does.
    pub(super) fn without_scripts(&self, are_off: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": are_off }));
        self.ask("/refresh", Some(json!({})));
    }

    /// Waits until what was changed has been drawn.
    pub(super) fn draw(&self) {
        self.script("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// Takes a picture of the whole page, in a window as high as the page: what is out of sight is not drawn.
    pub(super) fn picture(&self, path: &Path, width: u32, is_phone: bool) {
        self.resize(width, 40_000, is_phone);
        self.draw();
        let height =
            self.script("return Math.ceil(document.body.getBoundingClientRect().height)").as_u64().unwrap();
        self.resize(width, u32::try_from(height).unwrap(), is_phone);
        self.draw();
        let taken = self.ask("/screenshot", None);
        std::fs::write(path, BASE64_STANDARD.decode(taken.as_str().unwrap()).unwrap()).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser with the session; killed alone, it would leave it behind.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
