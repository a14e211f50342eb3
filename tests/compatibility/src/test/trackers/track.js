// Sends every kind of event of one of the Node trackers once: node track.js VERSION ENDPOINT APP_ID METHOD BASE64
const [version, endpoint, appId, method, encoded] = process.argv.slice(2);
const encodeBase64 = encoded === 'true';
const page = { pageUrl: 'https://shop.test/cart?utm_source=mail', pageTitle: 'Cart ü', referrer: 'https://news.test/' };
const contexts = [{ schema: 'iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0',
  data: { id: '6de9024e-17b9-4026-bd4d-efec50ae84cb' } }];
const link = { schema: 'iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1', data: { targetUrl: 'https://x.test/ü☃' } };

if (version === 'snowplow-tracker') {
  const { tracker, gotEmitter } = require(version);
  const { hostname, port } = new URL(endpoint);
  const t = tracker([gotEmitter(hostname, 'http', Number(port), method, 0)], 'gl', appId, encodeBase64);
  t.setPlatform('srv');
  t.setUserId('user-7');
  t.trackPageView(page.pageUrl, page.pageTitle, page.referrer, contexts);
  t.trackPagePing(page.pageUrl, page.pageTitle, page.referrer, 1, 2, 3, 4, contexts);
  t.trackStructEvent('c', 'buy', 'l"ü', 'p', 2.5, contexts);
  t.trackSelfDescribingEvent(link, contexts, { type: 'ttm', value: 1600000000000 });
  t.trackEcommerceTransaction('t1', 'a', '19', '3', '1', 'Wien', 'Wien', 'Austria', 'EUR', contexts);
  t.trackEcommerceTransactionItem('t1', 's', 'Lamp', 'home', '9.5', '2', 'EUR', contexts);
  t.trackScreenView('Start', '1', contexts);
  t.trackLinkClick('https://x.test/', 'i', ['a'], '_self', 'Next', contexts);
  t.trackAdImpression('i', 'cpm', 1, 'https://x.test/', 'b', 'z', 'a', 'k', contexts);
  t.trackAdClick('https://x.test/', 'c', 'cpc', 1.5, 'b', 'z', 'i', 'a', 'k', contexts);
  t.trackAdConversion('c', 'cpa', 10, 'e', 'buy', 'p', 99, 'a', 'k', contexts);
  t.trackSocialInteraction('like', 'net', 'page', contexts);
  t.trackAddToCart('s', 'Lamp', 'home', 9.5, 2, 'EUR', contexts);
  t.trackRemoveFromCart('s', 'Lamp', 'home', 9.5, 2, 'EUR', contexts);
  t.trackFormFocusOrChange('change_form', 'f', 'e', 'INPUT', 'text', ['a'], 'ada', contexts);
  t.trackFormSubmission('f', ['a'], [{ name: 'n', value: 'v', nodeName: 'INPUT', type: 'text' }], contexts);
  t.trackSiteSearch(['a', 'ü'], { color: 'red', inStock: true }, 10, 5, contexts);
  t.trackConsentGranted('d', '1', 'n', 'e', '2030-01-01T00:00:00Z', contexts);
  t.trackConsentWithdrawn(false, 'd', '1', 'n', 'e', contexts);
} else {
  const s = require(version);
  let t;
  if (version === 'node-tracker-3') {
    const { hostname, port } = new URL(endpoint);
    t = s.tracker([s.gotEmitter(hostname, 'http', Number(port), method, 0)], 'gl', appId, encodeBase64);
  } else {
    t = s.newTracker({ namespace: 'gl', appId, encodeBase64 }, { endpoint, eventMethod: method, bufferSize: 1 });
  }
  t.setPlatform('srv');
  t.setUserId('user-7');
  const events = [
    s.buildPageView(page),
    s.buildPagePing({ ...page, minXOffset: 1, maxXOffset: 2, minYOffset: 3, maxYOffset: 4 }),
    s.buildStructEvent({ category: 'c', action: 'buy', label: 'l"ü', property: 'p', value: 2.5 }),
    s.buildEcommerceTransaction({ orderId: 't1', total: 19, affiliation: 'a', tax: 3, shipping: 1, city: 'Wien', state: 'Wien', country: 'Austria', currency: 'EUR' }),
    s.buildEcommerceTransactionItem({ orderId: 't1', sku: 's', price: 9.5, name: 'Lamp', category: 'home', quantity: 2, currency: 'EUR' }),
    s.buildScreenView({ name: 'Start', id: '1' }),
    s.buildLinkClick({ targetUrl: 'https://x.test/', elementId: 'i', elementClasses: ['a'], elementTarget: '_self', elementContent: 'Next' }),
    s.buildAdImpression({ impressionId: 'i', costModel: 'cpm', cost: 1, targetUrl: 'https://x.test/', bannerId: 'b', zoneId: 'z', advertiserId: 'a', campaignId: 'k' }),
    s.buildAdClick({ targetUrl: 'https://x.test/', clickId: 'c', costModel: 'cpc', cost: 1.5, bannerId: 'b', zoneId: 'z', impressionId: 'i', advertiserId: 'a', campaignId: 'k' }),
    s.buildAdConversion({ conversionId: 'c', costModel: 'cpa', cost: 10, category: 'e', action: 'buy', property: 'p', initialValue: 99, advertiserId: 'a', campaignId: 'k' }),
    s.buildSocialInteraction({ action: 'like', network: 'net', target: 'page' }),
    s.buildAddToCart({ sku: 's', quantity: 2, name: 'Lamp', category: 'home', unitPrice: 9.5, currency: 'EUR' }),
    s.buildRemoveFromCart({ sku: 's', quantity: 2, name: 'Lamp', category: 'home', unitPrice: 9.5, currency: 'EUR' }),
    s.buildFormFocusOrChange({ schema: 'change_form', formId: 'f', elementId: 'e', nodeName: 'INPUT', type: 'text', elementClasses: ['a'], value: 'ada' }),
    s.buildFormSubmission({ formId: 'f', formClasses: ['a'], elements: [{ name: 'n', value: 'v', nodeName: 'INPUT', type: 'text' }] }),
    s.buildSiteSearch({ terms: ['a', 'ü'], filters: { color: 'red', inStock: true }, totalResults: 10, pageResults: 5 }),
    s.buildConsentGranted({ id: 'd', version: '1', name: 'n', description: 'e', expiry: '2030-01-01T00:00:00Z' }).event,
    s.buildConsentWithdrawn({ all: false, id: 'd', version: '1', name: 'n', description: 'e' }).event,
  ];
  events.forEach(event => t.track(event, contexts));
  t.track(s.buildSelfDescribingEvent({ event: link }), contexts, { type: 'ttm', value: 1600000000000 });
  if (t.flush) {
    t.flush();
  }
}
