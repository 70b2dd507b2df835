//! A thread for each system: one that hangs over a page is left behind, and named.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::answer::Answer;
use crate::external::Program;
use crate::systems::{Input, System};

/// Room for extractors that are recursive; one without it would take the others down with it.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// What came of a page.
pub enum Outcome {
    /// Milliseconds and the article.
    Read(f64, Answer),
    /// The time that it took, if known, and what went wrong.
    Failed(Option<f64>, String),
}

/// Reads a page; gives nothing when it cannot any more.
type Reader = Box<dyn FnMut(&Input) -> Option<Outcome> + Send>;

/// A system at work.
pub struct Worker {
    system: System,
    inputs: Arc<[Input]>,
    cap: Duration,
    hands: Hands,
}

/// What ties a worker to the thread that works for it.
struct Hands {
    pages: Sender<usize>,
    outcomes: Receiver<Outcome>,
    program: Option<Program>,
}

impl Worker {
    pub fn start(system: System, inputs: &Arc<[Input]>, cap: Duration) -> anyhow::Result<Self> {
        Ok(Self {
            hands: Hands::new(&system, inputs)?,
            system,
            inputs: Arc::clone(inputs),
            cap,
        })
    }

    pub fn name(&self) -> &str {
        self.system.name()
    }

    /// It is another program.
    pub fn is_external(&self) -> bool {
        self.hands.program.is_some()
    }

    /// Has it read a page, and waits no longer than the cap.
    pub fn read(&mut self, number: usize) -> anyhow::Result<Outcome> {
        // A thread that has ended answers nothing either.
        let _ = self.hands.pages.send(number);
        let failed = match self.hands.outcomes.recv_timeout(self.cap) {
            Ok(outcome) => return Ok(outcome),
            Err(RecvTimeoutError::Timeout) => {
                let ms = self.cap.as_secs_f64() * 1e3;
                Outcome::Failed(Some(ms), format!("over {} s", self.cap.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => Outcome::Failed(None, "broke down".to_owned()),
        };
        self.hands = Hands::new(&self.system, &self.inputs)?;
        Ok(failed)
    }
}

impl Hands {
    fn new(system: &System, inputs: &Arc<[Input]>) -> anyhow::Result<Self> {
        let (pages, asked) = channel::<usize>();
        let (answers, outcomes) = channel();
        let inputs = Arc::clone(inputs);
        let mut program = None;
        let mut read: Reader = match system {
            System::BuiltIn { read, .. } => {
                let read = *read;
                Box::new(move |input| Some(outcome(read(input))))
            }
            System::External { command, .. } => {
                let (started, mut pipes) = Program::start(command)?;
                program = Some(started);
                Box::new(move |input| pipes.ask(input))
            }
        };
        let work = move || {
            for number in asked {
                let Some(outcome) = read(&inputs[number]) else {
                    return;
                };
                if answers.send(outcome).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().stack_size(STACK_BYTES).spawn(work)?;
        Ok(Self {
            pages,
            outcomes,
            program,
        })
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        if let Some(program) = &mut self.program {
            program.stop();
        }
    }
}

fn outcome((ms, answer): (f64, Option<Answer>)) -> Outcome {
    match answer {
        Some(answer) => Outcome::Read(ms, answer),
        None => Outcome::Failed(Some(ms), "panic".to_owned()),
    }
}
