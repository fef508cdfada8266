"""Signing in, the people, the municipalities and the admin."""

from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page

from tests.browser.places.place import Place, Places, give_file
from tests.browser.world import sign_in

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def wrong_sign_in(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ログインID").fill("sato")
    page.get_by_label("パスワード", exact=True).fill("ちがうパスワード")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("alert").wait_for()


def wrong_start_code(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ログインID").fill("makino")
    page.get_by_label("開始コード").fill("AAAA-AAAA-AAAA")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("alert").wait_for()


def enter_start_code(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ログインID").fill("makino")
    page.get_by_label("開始コード").fill(scene["code"])
    page.get_by_role("button", name="次へ").click()
    page.wait_for_url("**/start/password/")


def weak_password(page: Page, scene: dict[str, Any]) -> None:
    enter_start_code(page, scene)
    page.get_by_label("自分のパスワード", exact=True).fill("1234")
    page.get_by_role("textbox", name="もう一度").fill("12345")
    page.get_by_role("button", name="このパスワードではじめる").click()
    page.get_by_role("alert").wait_for()


def first_step(page: Page, scene: dict[str, Any]) -> None:
    """Somebody with a second factor: only the password so far."""
    sign_in(page, "horie", scene["password"])


def both_steps(page: Page, scene: dict[str, Any]) -> None:
    """With the code of the app, on to the page asked for."""
    first_step(page, scene)
    counter = next(iter(yield_hotp_counters_from_time()))
    page.get_by_role("textbox", name="確認コード").fill(format_hotp_value(hotp_value(SECRET, counter)))
    page.get_by_role("button", name="サインインする", exact=True).click()
    page.wait_for_url(lambda url: "/authenticate/" not in url)


def without_second_step(page: Page, scene: dict[str, Any]) -> None:
    sign_in(page, "takahashi", scene["password"])


def again(page: Page, scene: dict[str, Any]) -> None:
    """The password once more, on to the page asked for."""
    page.get_by_role("textbox", name="パスワード").fill(scene["password"])
    page.get_by_role("button", name="確認する").click()
    page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def nobody_chosen(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="件を引き継ぐ").click()
    page.get_by_role("alert").wait_for()


def people_from_a_file(page: Page, scene: dict[str, Any]) -> None:
    users = [["ログインID", "氏名", "団体"], ["sakurai", "桜井 学", "汐見市"], ["ono", "大野", "雲居町"]]
    ends = [
        ["ログインID", "役割", "団体", "開始日", "終了日"],
        ["ono", "構成団体", "汐見市", "R8.4.1", "R9.3.31"],
    ]
    give_file(page, 利用者=users, 所属=ends)
    page.get_by_role("heading", name="名簿の取込の確認").wait_for()


def no_roster(page: Page, scene: dict[str, Any]) -> None:
    give_file(page, 表=[["a"], ["b"]])
    page.get_by_role("alert").wait_for()


def all_codes(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="選んだ人に発行する").click()
    page.get_by_role("heading", name="開始コードの紙").wait_for()


PLACES: Places = {
    None: (
        Place("/accounts/login/"),
        Place("/accounts/login/", act=wrong_sign_in),
        Place("/accounts/login/", "mfa_authenticate", first_step),
        Place("/accounts/start/"),
        Place("/accounts/start/", act=wrong_start_code),
        Place("/accounts/start/", "accounts:start_password", enter_start_code),
        Place("/accounts/start/", "accounts:start_password", weak_password),
        Place("/accounts/inactive/"),
    ),
    "sato": (  # 業務運用
        Place("/admin/", status=403),
        Place("/accounts/password/change/"),
        Place("/accounts/2fa/"),
        Place("/accounts/logout/"),
        Place("/accounts/reauthenticate/"),
    ),
    "morishita": (  # 広域組合
        Place("/teams/{team}/handover/"),
    ),
    "kubo": (  # administrator
        Place("/people/{ono}/handover/"),
        Place("/people/{ono}/handover/", act=nobody_chosen, status=409),
        Place("/people/{sato}/handover/"),
        Place("/roster/"),
        Place("/roster/import/"),
        Place("/roster/import/", act=people_from_a_file),
        Place("/roster/import/", act=no_roster, status=422),
        Place("/roster/codes/"),
        Place("/roster/codes/", act=all_codes),
        Place("/vendor-change/"),
        Place("/vendor-change/?check=1&on=R8.12.1&role={role}&to={vendor}"),
        Place("/vendor-change/?check=1", status=422),
        Place("/teams/{team}/handover/"),
        Place("/municipalities/"),
        Place("/municipalities/join/"),
        Place("/municipalities/join/?check=1&code=kumoi&name=雲居町&joined_on=R8.12.1"),
        Place("/municipalities/{shiomi}/leave/?check=1&on=R9.3.31"),
        Place("/municipalities/{shiomi}/rename/?check=1&name=新汐見市&from_on=R8.11.1"),
        Place("/admin/"),
        Place("/admin/accounts/user/"),
        Place("/admin/accounts/user/{ono}/change/"),
        Place("/admin/accounts/user/add/"),
        Place("/admin/accounts/membership/add/"),
        Place("/admin/accounts/organization/{shiomi}/change/"),
    ),
    "takahashi": (
        Place("/accounts/login/?next=/accounts/2fa/", "mfa_index", without_second_step),
        Place("/accounts/2fa/totp/activate/", "account_reauthenticate"),
        Place("/accounts/2fa/totp/activate/", "mfa_activate_totp", again),
    ),
    "horie": (  # has a second factor
        Place("/accounts/login/?next=/accounts/2fa/", "mfa_index", both_steps),
        Place("/accounts/2fa/reauthenticate/"),
        Place("/accounts/2fa/totp/deactivate/", "mfa_deactivate_totp", again),
        Place("/accounts/2fa/recovery-codes/"),
        Place("/accounts/2fa/recovery-codes/generate/"),
        Place("/people/{ono}/handover/"),
    ),
}
#: Who comes with no session: signing in is part of the way.
THROUGH_THE_FORM = {None, "takahashi", "horie"}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "mfa_download_recovery_codes": "a file",
}
