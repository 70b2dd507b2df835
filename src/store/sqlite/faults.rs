//! What SQLite says, told as what the caller does next.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// The store's error for an error of SQLite on the file `path`.
pub(super) fn store_error(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.display().to_string();
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(
            ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::AuthorizationForStatementDenied
            | ErrorCode::SystemIoFailure,
        ) => StoreError::ReadOnly { path, why },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt { path, why }
        }
        _ => StoreError::Other { path, why },
    }
}

/// The answer to calls after the store was closed or its thread ended.
pub(super) fn closed(path: &Path) -> StoreError {
    StoreError::Other {
        path: path.display().to_string(),
        why: "the store is closed".to_owned(),
    }
}

/// The store's error for an error of the file system on the file `path`.
pub(super) fn io_error(path: &Path, error: &std::io::Error) -> StoreError {
    let told = path.display().to_string();
    match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::Full { path: told },
        _ => StoreError::ReadOnly {
            path: told,
            why: error.to_string(),
        },
    }
}
