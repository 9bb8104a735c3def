using System.Diagnostics;
using Millrace.TestKit;

namespace Millrace.Storage.Tests;

public sealed class LocalFaultsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_is_named_as_such_and_leaves_nothing_behind()
    {
        string mount = _folder["small"];
        Directory.CreateDirectory(mount);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount), "Mounting a small disk needs root.");
        try
        {
            var store = new LocalStore(mount, "small");
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(
                async () => await store.PutAsync("big.csv", new byte[1 << 20], PutCondition.Any, default));
            Assert.Equal(StorageErrors.DiskFull, error.Code);
            Assert.Contains("small/big.csv", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(mount));
        }
        finally
        {
            Run("umount", mount);
        }
    }

    [Fact]
    public void The_error_of_a_device_that_is_always_full_is_understood()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        using var handle = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        Exception fault = Assert.ThrowsAny<Exception>(() => RandomAccess.Write(handle, "x"u8, 0));
        Assert.True(LocalFaults.IsFault(fault));
        Assert.Equal(StorageErrors.DiskFull, LocalFaults.Explain(fault, "out.csv", writing: true).Code);
    }

    [Fact]
    public async Task A_missing_file_and_a_folder_in_place_of_a_file_are_told_apart()
    {
        Directory.CreateDirectory(_folder["folder"]);
        var store = new LocalStore(_folder.Path);
        Assert.Equal(StorageErrors.NotFound, (await Fails(async () => await store.OpenAsync("none", default))).Code);
        Assert.Equal(StorageErrors.WrongKind, (await Fails(async () => await store.OpenAsync("folder", default))).Code);
        Assert.Equal(StorageErrors.WrongKind, (await Fails(async () => await store.StageAsync("folder", default))).Code);
        Assert.Equal(StorageErrors.NameTooLong, (await Fails(async () => await store.StageAsync(new string('x', 300), default))).Code);
    }

    [Fact]
    public void Permission_errors_say_who_may_not()
    {
        MillraceException error = LocalFaults.Explain(new UnauthorizedAccessException(), "secret.csv", writing: true);
        Assert.Equal(StorageErrors.PermissionDenied, error.Code);
        Assert.Contains($"'{Environment.UserName}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b/c=d", "a%20b%2Fc%3Dd")]
    [InlineData("..", "%2E.")]
    [InlineData("", "%")]
    [InlineData("orders", "orders")]
    [InlineData("ü", "%C3%BC")]
    public void Escaped_text_is_one_sound_part_of_a_name(string text, string escaped)
    {
        Assert.Equal(escaped, StoreName.Escape(text));
        Assert.True(StoreName.IsSound("x/" + escaped));
    }

    private static async Task<MillraceException> Fails(Func<Task> action) => await Assert.ThrowsAsync<MillraceException>(action);

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
