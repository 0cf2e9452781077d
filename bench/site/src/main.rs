//! Asks a site over connections that stay open, each one request after another, and tells what came of it as JSON.
//!
//! ```text
//! load ADDRESS WORK [--connections 64] [--seconds 60] [--readers 0] [--header NAME:VALUE]... [--write-header NAME:VALUE]...
//! ```
//!
//! With `--readers N`, each request says that it comes from another of N addresses (X-Forwarded-For), as a proxy would: the
//! site limits what one address may ask for. WORK is a file; each line `WEIGHT METHOD PATH [BODY-FOLDER]`. Each write takes the next file of the folder as its body,
//! and each file is sent once: when they run out, that line is left out from then on.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hdrhistogram::Histogram;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

type Whatever<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How long the site is asked before anything is counted.
const WARM_UP: Duration = Duration::from_secs(3);

struct Asked {
    address: String,
    connections: usize,
    seconds: u64,
    readers: u32,
    asked_so_far: AtomicU32,
    headers: Vec<(String, String)>,
    /// Of whoever writes: readers are strangers.
    write_headers: Vec<(String, String)>,
    work: Vec<Work>,
}

struct Work {
    weight: usize,
    method: Method,
    path: String,
    bodies: Vec<PathBuf>,
    sent: AtomicUsize,
}

impl Work {
    /// `None` when its bodies have run out.
    fn body(&self) -> Whatever<Option<Bytes>> {
        if self.method == Method::GET {
            return Ok(Some(Bytes::new()));
        }
        let at = self.sent.fetch_add(1, Ordering::Relaxed);
        self.bodies.get(at).map(|path| Ok(Bytes::from(fs::read(path)?))).transpose()
    }
}

fn asked() -> Whatever<Asked> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("an address is needed, as in 127.0.0.1:8080")?;
    let file = arguments.next().ok_or("a file of work is needed")?;
    let mut asked = Asked {
        address,
        connections: 64,
        seconds: 60,
        readers: 0,
        asked_so_far: AtomicU32::new(0),
        headers: Vec::new(),
        write_headers: Vec::new(),
        work: Vec::new(),
    };
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--connections" => asked.connections = value.parse()?,
            "--seconds" => asked.seconds = value.parse()?,
            "--readers" => asked.readers = value.parse()?,
            "--header" | "--write-header" => {
                let (name, value) = value.split_once(':').ok_or("a header is NAME:VALUE")?;
                let headers = if option == "--header" { &mut asked.headers } else { &mut asked.write_headers };
                headers.push((name.to_owned(), value.trim().to_owned()));
            }
            _ => return Err(format!("unknown option {option}").into()),
        }
    }
    for line in fs::read_to_string(file)?.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [weight, method, path, rest @ ..] = words.as_slice() else {
            return Err(format!("not understood: {line}").into());
        };
        let mut bodies: Vec<PathBuf> = match rest.first() {
            Some(folder) => fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Whatever<_>>()?,
            None => Vec::new(),
        };
        bodies.sort();
        asked.work.push(Work {
            weight: weight.parse()?,
            method: method.parse()?,
            path: (*path).to_owned(),
            bodies,
            sent: AtomicUsize::new(0),
        });
    }
    if asked.work.is_empty() { Err("the file of work is empty".into()) } else { Ok(asked) }
}

/// What one connection saw.
struct Seen {
    reads: Histogram<u64>,
    writes: Histogram<u64>,
    errors: u64,
    bytes: u64,
    first_error: Option<String>,
}

impl Seen {
    fn new() -> Whatever<Self> {
        // Microseconds, to a minute, three digits.
        let empty = || Histogram::new_with_bounds(1, 60_000_000, 3);
        Ok(Self { reads: empty()?, writes: empty()?, errors: 0, bytes: 0, first_error: None })
    }

    fn add(&mut self, other: &Self) -> Whatever<()> {
        self.reads.add(&other.reads)?;
        self.writes.add(&other.writes)?;
        self.errors += other.errors;
        self.bytes += other.bytes;
        self.first_error = self.first_error.take().or_else(|| other.first_error.clone());
        Ok(())
    }
}

async fn connect(address: &str) -> Whatever<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // What breaks it is told to the sender as well.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// A request, answered to the last byte: 2xx is right, anything else an error.
async fn once(sender: &mut SendRequest<Full<Bytes>>, asked: &Asked, work: &Work, body: Bytes) -> Whatever<u64> {
    sender.ready().await?;
    let mut request = Request::builder().method(work.method.clone()).uri(&work.path).header("host", &asked.address);
    let of_writers = asked.write_headers.iter().filter(|_| work.method != Method::GET);
    for (name, value) in asked.headers.iter().chain(of_writers) {
        request = request.header(name, value);
    }
    if asked.readers > 0 {
        // 198.18.0.0/15 is set apart for measuring.
        let number = asked.asked_so_far.fetch_add(1, Ordering::Relaxed) % asked.readers.min(131_072);
        let reader = std::net::Ipv4Addr::from(0xc612_0000 + number);
        request = request.header("x-forwarded-for", reader.to_string());
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let answer = sender.send_request(request.body(Full::new(body))?).await?;
    let status = answer.status();
    let bytes = answer.into_body().collect().await?.to_bytes();
    if status.is_success() {
        Ok(bytes.len() as u64)
    } else {
        let says: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
        Err(format!("{} {}: {status}: {says}", work.method, work.path).into())
    }
}

/// The order of the work: each line as often as it weighs, spread evenly.
fn order(work: &[Work]) -> Vec<usize> {
    let total: usize = work.iter().map(|work| work.weight).sum();
    let mut owed: Vec<i64> = vec![0; work.len()];
    let weigh = |weight: usize| i64::try_from(weight).unwrap_or(i64::MAX);
    (0..total)
        .map(|_| {
            for (owed, work) in owed.iter_mut().zip(work) {
                *owed += weigh(work.weight);
            }
            let next = (0..work.len()).max_by_key(|at| owed[*at]).unwrap_or(0);
            owed[next] -= weigh(total);
            next
        })
        .collect()
}

async fn reader(number: usize, asked: Arc<Asked>, counting: Arc<AtomicBool>, ended: Arc<AtomicBool>) -> Whatever<Seen> {
    let order = order(&asked.work);
    let mut seen = Seen::new()?;
    let mut sender = connect(&asked.address).await?;
    // Each connection begins elsewhere, so that they do not march in step.
    let mut at = number * 7;
    while !ended.load(Ordering::Relaxed) {
        let work = &asked.work[order[at % order.len()]];
        at += 1;
        let Some(body) = work.body()? else {
            // Where nothing else is left to ask, the clock has its turn all the same.
            tokio::task::yield_now().await;
            continue;
        };
        let begun = Instant::now();
        let done = once(&mut sender, &asked, work, body).await;
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
        let counts = counting.load(Ordering::Relaxed);
        match done {
            Ok(bytes) if counts => {
                let latencies = if work.method == Method::GET { &mut seen.reads } else { &mut seen.writes };
                latencies.saturating_record(took);
                seen.bytes += bytes;
            }
            Ok(_) => {}
            // An error is one whenever it happens.
            Err(error) => {
                seen.errors += 1;
                seen.first_error.get_or_insert(error.to_string());
                if sender.is_closed() {
                    sender = connect(&asked.address).await?;
                }
            }
        }
    }
    Ok(seen)
}

fn told(latencies: &Histogram<u64>, seconds: f64) -> Value {
    let milliseconds = |quantile: f64| latencies.value_at_quantile(quantile) as f64 / 1000.0;
    json!({
        "requests": latencies.len(),
        "per_second": latencies.len() as f64 / seconds,
        "p50_ms": milliseconds(0.50),
        "p90_ms": milliseconds(0.90),
        "p99_ms": milliseconds(0.99),
        "max_ms": latencies.max() as f64 / 1000.0,
    })
}

#[tokio::main]
async fn main() -> Whatever<()> {
    let asked = Arc::new(asked()?);
    let (counting, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let readers: Vec<_> = (0..asked.connections)
        .map(|number| tokio::spawn(reader(number, Arc::clone(&asked), Arc::clone(&counting), Arc::clone(&ended))))
        .collect();
    tokio::time::sleep(WARM_UP).await;
    counting.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(asked.seconds)).await;
    counting.store(false, Ordering::Relaxed);
    let seconds = begun.elapsed().as_secs_f64();
    ended.store(true, Ordering::Relaxed);
    let mut all = Seen::new()?;
    for reader in readers {
        all.add(&reader.await??)?;
    }
    let mut both = all.reads.clone();
    both.add(&all.writes)?;
    let report = json!({
        "connections": asked.connections,
        "seconds": seconds,
        "errors": all.errors,
        "first_error": all.first_error,
        "megabytes": all.bytes as f64 / 1e6,
        "all": told(&both, seconds),
        "reads": told(&all.reads, seconds),
        "writes": told(&all.writes, seconds),
    });
    println!("{report}");
    Ok(())
}
