"""Calls without sound and picture: media.enabled false, and a build without the media program (WMPF_MEDIA=OFF)."""
import json
import unittest

from harness import BIN, House, HouseCase

HAS_MEDIA = (BIN / "wmpf-voip-media").exists()


class Enabled(House):
    """The configuration asks for media."""

    def write_config(self):
        path = super().write_config()
        config = json.loads(path.read_text())
        config["media"] = {"enabled": True}
        path.write_text(json.dumps(config))
        return path


class Off:
    reason = ""

    def test_health_says_that_media_is_off_and_why_and_is_ok(self):
        health = self.house.api().call("health.get")
        part = next(part for part in health["parts"] if part["name"] == "media")
        self.assertEqual((part["state"], part["reason"]), ("off", self.reason))
        self.assertEqual(health["status"], "ok")
        self.assertIn("off", self.house.ctl("health").stdout)

    def test_a_call_is_talked_without_media_and_ends_as_any_other(self):
        self.house.phone("reception", "--auto-answer=0.1")
        api = self.house.watch()
        api.call("voip.call", {"contact": "reception"})
        room = api.wait_phase("talking")
        self.assertEqual(room["media"]["state"], "none")
        self.assertFalse(room["media"]["camera"] or room["media"]["microphone"])
        media = api.call("voip.setMedia", {"camera": True, "microphone": True})
        self.assertEqual((media["state"], media["camera"], media["microphone"]), ("none", False, False))
        api.call("voip.forceHangUpVoip", {})
        self.assertEqual(api.events_until("finishVoip")[-2:], ["endVoip", "finishVoip"])
        self.assertNotIn("media", self.house.api().call("call.history", {"limit": 1})["calls"][0])


class OffByConfiguration(Off, HouseCase):
    reason = "media.enabled is false" if HAS_MEDIA else "this build has none (WMPF_MEDIA=OFF)"


@unittest.skipIf(HAS_MEDIA, "this build has the media program")
class OffByBuild(Off, HouseCase):
    reason = "this build has none (WMPF_MEDIA=OFF)"

    @classmethod
    def setUpClass(cls):
        cls.house = Enabled()
