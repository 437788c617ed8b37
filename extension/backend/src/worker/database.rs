//! The text of the user's own lists and the rules that they become, which are too large for the storage of an extension.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbTransaction, IdbTransactionMode};

/// The database, and the one store in it.
const NAME: &str = "lists";

const VERSION: u32 = 1;

#[wasm_bindgen]
extern "C" {
    // Of a window in Firefox and of a worker in Chromium.
    #[wasm_bindgen(thread_local_v2, js_name = indexedDB)]
    static INDEXED_DB: IdbFactory;
}

/// Returns what is stored by a key; undefined where nothing is.
pub async fn get(key: &str) -> Result<JsValue, JsValue> {
    let (database, transaction) = begin(IdbTransactionMode::Readonly).await?;
    let request = transaction.object_store(NAME)?.get(&key.into())?;
    end(database, transaction).await?;
    request.result()
}

/// Stores a value by a key.
pub async fn put(key: &str, value: &JsValue) -> Result<(), JsValue> {
    let (database, transaction) = begin(IdbTransactionMode::Readwrite).await?;
    transaction.object_store(NAME)?.put_with_key(value, &key.into())?;
    end(database, transaction).await
}

async fn begin(mode: IdbTransactionMode) -> Result<(IdbDatabase, IdbTransaction), JsValue> {
    let opening = INDEXED_DB.with(|factory| factory.open_with_u32(NAME, VERSION))?;
    let created = opening.clone();
    let create = Closure::once(move || -> Result<(), JsValue> {
        let database: IdbDatabase = created.result()?.unchecked_into();
        database.create_object_store(NAME).map(drop)
    });
    opening.set_onupgradeneeded(Some(create.as_ref().unchecked_ref()));
    let opened = event(|resolve, reject| {
        opening.set_onsuccess(Some(resolve));
        opening.set_onerror(Some(reject));
    });
    if opened.await.is_err() {
        return Err(opening.error()?.into());
    }
    let database: IdbDatabase = opening.result()?.unchecked_into();
    let transaction = database.transaction_with_str_and_mode(NAME, mode)?;
    Ok((database, transaction))
}

async fn end(database: IdbDatabase, transaction: IdbTransaction) -> Result<(), JsValue> {
    let ended = event(|resolve, reject| {
        transaction.set_oncomplete(Some(resolve));
        transaction.set_onabort(Some(reject));
    });
    let ended = ended.await;
    database.close();
    ended.map_err(|_| transaction.error().into())
}

/// Waits for one of two events, of which the second is a failure.
async fn event(listen: impl Fn(&Function, &Function)) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, reject| listen(&resolve, &reject));
    JsFuture::from(promise).await.map(drop)
}
