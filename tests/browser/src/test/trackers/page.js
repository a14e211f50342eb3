// Calls every function of the tracker and its plugins once. The test's settings are in the fragment of the URL.
const settings = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const failures = [];

const product = { id: '12', name: 'Lamp', price: 9.5, currency: 'EUR', category: 'home/light', brand: 'b', quantity: 2,
  variant: 'red', position: 1, list_price: 10, inventory_status: 'in stock', creative_id: 'c' };
const enhancedProduct = { id: '12', name: 'Lamp', price: 9.5, category: 'home', brand: 'b', quantity: 2, variant: 'red' };
const transaction = { transaction_id: 't1', revenue: 19, currency: 'EUR', payment_method: 'card', total_quantity: 2, tax: 3,
  shipping: 1, discount_code: 'd', discount_amount: 1, credit_order: false, products: [product] };
const promotion = { id: 'p1', name: 'Summer', product_ids: ['12'], position: 1, creative_id: 'c', type: 't', slot: 's' };
const media = { id: 'film' };
const player = { label: 'Film', currentTime: 10, duration: 100, ended: false, loop: false, muted: false, paused: false,
  playbackRate: 1, quality: '1080p', volume: 80, playerType: 'html5', mediaType: 'video', livestream: false };
const advert = { adId: 'ad1', name: 'Ad', creativeId: 'c', duration: 15, podPosition: 1, skippable: true };
const withAd = { ...media, ad: advert };

/** The arguments for each function; undefined for functions without arguments. */
const calls = {
  enableLinkClickTracking: [{ options: {}, trackContent: true }], refreshLinkClickTracking: [],
  trackLinkClick: [{ targetUrl: 'https://x.test/ü?a=b', elementId: 'i', elementClasses: ['a'], elementTarget: '_self' }],
  enableButtonClickTracking: [{}], trackButtonClick: [{ label: 'Buy', id: 'b', classes: ['x'], name: 'buy' }],
  enableFormTracking: [{}], enableErrorTracking: [{}],
  trackError: [{ message: 'broken', filename: 'shop.js', lineno: 3, colno: 4, error: new Error('broken') }],
  trackSiteSearch: [{ terms: ['a', 'ü'], filters: { color: 'red', inStock: true }, totalResults: 10, pageResults: 5 }],
  trackSocialInteraction: [{ action: 'like', network: 'net', target: 'page' }],
  trackTiming: [{ category: 'load', variable: 'map', timing: 50, label: 'l' }],
  trackAdClick: [{ targetUrl: 'https://x.test/', clickId: 'c', costModel: 'cpc', cost: 1.5, bannerId: 'b', zoneId: 'z',
    impressionId: 'i', advertiserId: 'a', campaignId: 'k' }],
  trackAdConversion: [{ conversionId: 'c', costModel: 'cpa', cost: 10, category: 'e', action: 'buy', property: 'p',
    initialValue: 99, advertiserId: 'a', campaignId: 'k' }],
  trackAdImpression: [{ impressionId: 'i', costModel: 'cpm', cost: 1, targetUrl: 'https://x.test/', bannerId: 'b', zoneId: 'z',
    advertiserId: 'a', campaignId: 'k' }],
  enableGdprContext: [{ basisForProcessing: 'consent', documentId: 'd', documentVersion: '1.0', documentDescription: 'e' }],
  trackConsentGranted: [{ id: 'd', version: '1', name: 'n', description: 'e', expiry: '2030-01-01T00:00:00Z' }],
  trackConsentWithdrawn: [{ all: false, id: 'd', version: '1', name: 'n', description: 'e' }],
  addEnhancedEcommerceActionContext: [{ id: 't1', affiliation: 'a', revenue: '19.0', tax: 3, shipping: 1, currency: 'EUR' }],
  addEnhancedEcommerceImpressionContext: [{ id: '12', name: 'Lamp', list: 'l', position: 1, currency: 'EUR' }],
  addEnhancedEcommerceProductContext: [{ ...enhancedProduct, currency: 'EUR' }],
  addEnhancedEcommercePromoContext: [{ id: 'p1', name: 'Summer', creative: 'c', position: 'top', currency: 'EUR' }],
  trackEnhancedEcommerceAction: [{ action: 'purchase' }],
  setEcommerceUser: [{ id: 'u', is_guest: false, email: 'ada@example.com' }], setPageType: [{ type: 'cart', language: 'en', locale: 'UK' }],
  trackAddToCart: [{ products: [product], total_value: 19, currency: 'EUR', cart_id: 'k' }],
  trackRemoveFromCart: [{ products: [product], total_value: 0, currency: 'EUR' }],
  trackProductView: [product], trackProductListView: [{ products: [product], name: 'l' }],
  trackProductListClick: [{ product, name: 'l' }], trackPromotionView: [promotion], trackPromotionClick: [promotion],
  trackCheckoutStep: [{ step: 1, account_type: 'guest', payment_method: 'card', marketing_opt_in: false, coupon_code: 'c' }],
  trackTransaction: [transaction], trackRefund: [{ transaction_id: 't1', currency: 'EUR', refund_amount: 9.5, products: [product] }],
  trackTransactionError: [{ transaction: { ...transaction, products: undefined }, error_code: 'E1', error_shortcode: 's', error_description: 'd', error_type: 'hard', resolution: 'r' }],
  trackScreenView: [{ name: 'Start', id: '6de9024e-17b9-4026-bd4d-efec50ae84cb', type: 't' }],
  trackListItemView: [{ index: 1, itemsCount: 10 }], trackScrollChanged: [{ yOffset: 1, xOffset: 2, viewHeight: 3, viewWidth: 4, contentHeight: 5, contentWidth: 6 }],
  startMediaTracking: [{ ...media, player, session: true, pings: false }], updateMediaTracking: [{ ...media, player }],
  trackMediaReady: [media], trackMediaPlay: [media], trackMediaPause: [media], trackMediaEnd: [media], trackMediaSeekStart: [media],
  trackMediaSeekEnd: [media], trackMediaPlaybackRateChange: [{ ...media, previousRate: 1, newRate: 2 }],
  trackMediaVolumeChange: [{ ...media, previousVolume: 80, newVolume: 70 }], trackMediaFullscreenChange: [{ ...media, fullscreen: true }],
  trackMediaPictureInPictureChange: [{ ...media, pictureInPicture: true }], trackMediaBufferStart: [media], trackMediaBufferEnd: [media],
  trackMediaQualityChange: [{ ...media, previousQuality: '720p', newQuality: '1080p', bitrate: 3000, framesPerSecond: 50, automatic: false }],
  trackMediaError: [{ ...media, errorCode: '500', errorName: 'n', errorDescription: 'd' }],
  trackMediaAdBreakStart: [{ ...media, adBreak: { breakId: 'b', name: 'n', startTime: 1, breakType: 'linear', podSize: 2 } }],
  trackMediaAdStart: [withAd], trackMediaAdFirstQuartile: [media], trackMediaAdMidpoint: [media], trackMediaAdThirdQuartile: [media],
  trackMediaAdPause: [{ ...media, percentProgress: 50 }], trackMediaAdResume: [{ ...media, percentProgress: 50 }], trackMediaAdClick: [{ ...media, percentProgress: 60 }],
  trackMediaAdSkip: [{ ...media, percentProgress: 70 }], trackMediaAdComplete: [media], trackMediaAdBreakEnd: [media],
  trackMediaSelfDescribingEvent: [{ ...media, event: { schema: 'iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1', data: { targetUrl: 'https://x.test/' } } }],
  endMediaTracking: [media],
};

/** Not called: they need third-party pages, stop what was started, or are aliases of functions above. */
const left = /^(disable|endElement|getComponent|trackGA4|trackEnhancedEcommerce(Add|Checkout|Product|Promo|Purchase|Remove)|enableGeolocation|startElement|gdprBasis|MediaEventType|MediaPlayerAdBreakType)|Plugin$/;

function attempt(name, what) {
  try {
    what();
  } catch (e) {
    failures.push(name + ': ' + e);
  }
}

const libraries = settings.plugins.map(name => window[name]);
const plugins = [];
for (const library of libraries) {
  for (const name of Object.keys(library).filter(name => /Plugin$/.test(name))) {
    attempt(name, () => plugins.push(library[name]()));
  }
}
const tracker = snowplowBrowserTracking;
tracker.newTracker('gl', settings.collector, { appId: settings.appId, platform: 'web', eventMethod: settings.method,
  bufferSize: 1, contexts: { webPage: true, session: true, browser: true }, plugins });
tracker.setUserId('user-7');
tracker.enableActivityTracking({ minimumVisitLength: 1, heartbeatDelay: 1 });
tracker.trackPageView();
if (!settings.viewAlone) {
  tracker.trackStructEvent({ category: 'c', action: 'buy', label: 'l"ü', property: 'p', value: 2.5 });
  tracker.trackSelfDescribingEvent({ event: { schema: 'iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1',
    data: { targetUrl: 'https://x.test/' } } });
  const functions = Object.assign({}, ...libraries);
  const order = Object.keys(calls).filter(name => functions[name]);
  Object.keys(functions).filter(name => !calls[name] && !left.test(name)).forEach(name => failures.push(name + ' is not called'));
  order.forEach(name => attempt(name, () => functions[name](...calls[name])));
}
tracker.trackStructEvent({ category: 'end', action: 'end' });
document.getElementById('failures').textContent = failures.join('\n');
document.getElementById('done').textContent = 'done';
