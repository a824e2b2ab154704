#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-STORE-007: a person who is removed is in no more, from the next request on."""
from harness import bench, check, main
from page import page, sign_in

PASSWORD, OTHER = 'correct horse battery', 'staple of another'


def codes(cloud, code):
    return len([e for e in cloud.events() if e['code'] == code])


def sees(cloud, token):
    return page(cloud, 'GET', '/api/devices', cookie=token)[0]


def test_a_person_who_is_removed_is_signed_out_everywhere_and_stays_out():
    with bench() as b:
        cloud = b.cloud()
        for name in ('nurse', 'relief'):
            cloud.verb('user', 'add', name, stdin=PASSWORD + '\n')
        tokens = [sign_in(cloud, 'nurse', PASSWORD)[1] for _ in range(2)]
        relief = sign_in(cloud, 'relief', PASSWORD)[1]
        check(all(tokens) and [sees(cloud, t) for t in tokens + [relief]] == [200] * 3, 'who may look sees nothing')
        check([(u['name'], u['sessions']) for u in cloud.lines('user', 'list')] == [('nurse', 2), ('relief', 1)], 'the list is wrong')
        cloud.verb('user', 'remove', 'nurse')
        check([sees(cloud, t) for t in tokens] == [401] * 2, 'an open page still shows readings')
        check(sees(cloud, relief) == 200, 'another person was signed out with her')
        check(sign_in(cloud, 'nurse', PASSWORD)[0] == 401, 'who was removed signs in again')
        check([u['name'] for u in cloud.lines('user', 'list')] == ['relief'], 'she is listed still')
        check(codes(cloud, 'person.removed') == 1 and codes(cloud, 'person.added') == 2, 'it is no event')
        cloud.verb('user', 'add', 'nurse', stdin=OTHER + '\n')  # another of the name, or the same with another password
        check([sees(cloud, t) for t in tokens] == [401] * 2, 'an old session is one of the new person')
        check(sign_in(cloud, 'nurse', PASSWORD)[0] == 401 and sign_in(cloud, 'nurse', OTHER)[0] == 200, 'the old password opens')


def test_an_unknown_name_is_one_line_of_error_and_the_last_person_may_go():
    with bench() as b:
        cloud = b.cloud()
        cloud.verb('user', 'add', 'nurse', stdin=PASSWORD + '\n')
        token = sign_in(cloud, 'nurse', PASSWORD)[1]
        for name in ('nurse ', 'NURSE', "' OR 1=1 --"):
            done = cloud.verb('user', 'remove', name, code=1)
            check(len(done.stderr.splitlines()) == 1 and 'no such person' in done.stderr and 'user list' in done.stderr, done.stderr)
        cloud.verb('user', 'remove', '', code=2)
        cloud.verb('user', 'remove', 'n' * 65, code=2)
        check(sees(cloud, token) == 200 and codes(cloud, 'person.removed') == 0, 'somebody else was removed')
        cloud.verb('user', 'remove', 'nurse')
        check(cloud.lines('user', 'list') == [] and sees(cloud, token) == 401 and cloud.json('status')['people'] == 0, 'the last person stays')
        check(cloud.verb('user', 'remove', 'nurse', code=1).stderr.count('\n') == 1, 'twice')


main([
    test_a_person_who_is_removed_is_signed_out_everywhere_and_stays_out,
    test_an_unknown_name_is_one_line_of_error_and_the_last_person_may_go,
])
