# SPDX-License-Identifier: Apache-2.0
"""The page of people over HTTPS, as a browser asks for it."""
import http.client
import os
import ssl

from harness import NAME, PATIENCE_S


def page(cloud, method, path, body=None, cookie=None, cert=None):
    """-> (status or 0, Set-Cookie, body)"""
    context = ssl.create_default_context(cafile=os.path.join(cloud.root, 'var/lib/holdfast/offline/server-ca-active.pem'))
    context.check_hostname = False
    if cert:
        context.load_cert_chain(*cert)
    c = http.client.HTTPSConnection('127.0.0.1', cloud.ports['people'], context=context, timeout=PATIENCE_S)
    fields = {'Host': NAME, 'Origin': 'https://' + NAME, 'X-Holdfast': '1'}
    if body is not None:
        fields['Content-Type'] = 'application/x-www-form-urlencoded'
    if cookie:
        fields['Cookie'] = '__Host-session=' + cookie
    try:
        c.request(method, path, body, fields)
        answer = c.getresponse()
        return answer.status, answer.getheader('Set-Cookie') or '', answer.read()
    except (OSError, http.client.HTTPException) as why:
        return 0, '', str(why).encode()
    finally:
        c.close()


def sign_in(cloud, name, password):
    """-> (status, token or None)"""
    status, cookie, _ = page(cloud, 'POST', '/api/sign-in', 'name=%s&password=%s' % (name, password.replace(' ', '%20')))
    return status, cookie.split('=', 1)[1].split(';')[0] if status == 200 else None
