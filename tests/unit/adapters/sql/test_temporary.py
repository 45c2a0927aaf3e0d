from adapters.sqlite.temporary import TemporaryDriver


async def test_its_folder_is_private_and_gone_when_it_is_closed() -> None:
    driver = TemporaryDriver(readers=1)
    await driver.open()
    folder = driver._connections.file.parent
    assert folder.stat().st_mode & 0o077 == 0

    await driver.close()

    assert not folder.exists()


async def test_two_of_them_are_apart() -> None:
    one, two = TemporaryDriver(readers=1), TemporaryDriver(readers=1)
    await one.open()
    await two.open()

    assert one._connections.file != two._connections.file
    await one.close()
    await two.check()
    await two.close()
