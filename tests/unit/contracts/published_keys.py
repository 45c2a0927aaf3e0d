from application.ports.published_keys import PublishedKeys

PUBLIC = {"OKP": {"crv", "x"}, "EC": {"crv", "x", "y"}, "RSA": {"n", "e"}}


class PublishedKeysContract:
    """Whoever publishes keys passes this; a subclass gives `published`, with keys and without."""

    async def test_a_key_has_an_id_of_its_own(self, published: PublishedKeys) -> None:
        ids = [key.id for key in await published.published()]

        assert len(set(ids)) == len(ids)
        assert all(ids)

    async def test_nothing_is_told_of_a_private_half(self, published: PublishedKeys) -> None:
        for key in await published.published():
            assert set(key.parameters) == PUBLIC[key.type]
