using System.Diagnostics;
using Millrace.TestKit;

namespace Millrace.Storage.Tests;

/// <summary>What goes wrong on the way to Google, and what is made of it.</summary>
[Trait("speed", "slow")]
public sealed class GcsFaultsTests
{
    [Fact]
    public async Task Googles_own_client_finds_the_server_as_it_expects_it()
    {
        var start = new ProcessStartInfo("node", ["gcs-check.mjs", GcsServer.Server.Address, GcsServer.Bucket])
        {
            WorkingDirectory = Path.Combine(GoldenFile.Root(), "tests", "oracles"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string output = await node.StandardOutput.ReadToEndAsync();
        Assert.True(output.Trim() == "ok", output + await errors);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        await using IObjectStore store = GcsServer.Open("", bucket: "no-such-bucket");
        foreach (MillraceException error in new[] { await Fails(() => PutAsync(store, "x")), await Fails(() => store.ListAsync("", null, default).ToListAsync().AsTask()), await Fails(() => store.FindAsync("x", default).AsTask()) })
        {
            Assert.Equal(StorageErrors.NoBucket, error.Code);
            Assert.Contains("'no-such-bucket'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_fails_for_the_moment_is_tried_again_and_in_the_end_named()
    {
        await using IObjectStore store = GcsServer.Open(GcsServer.NewFolder());
        await PutAsync(store, "x");
        await GcsServer.FailAsync($"{Uri.EscapeDataString(store.Describe("x")["gs://lake/".Length..])}", "error", count: 2, status: 429);
        Assert.NotNull(await store.FindAsync("x", default));
        await GcsServer.FailAsync($"{Uri.EscapeDataString(store.Describe("x")["gs://lake/".Length..])}", "error", count: 4, status: 503);
        Assert.Equal(StorageErrors.Throttled, (await Fails(() => store.FindAsync("x", default).AsTask())).Code);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_read_are_told_without_being_shown()
    {
        await using IObjectStore file = GcsServer.Open("", new GcsOptions { CredentialsFile = "/no/such/file.json" });
        MillraceException error = await Fails(() => PutAsync(file, "x"));
        Assert.Equal(StorageErrors.NoCredentials, error.Code);
        Assert.Contains("/no/such/file.json", error.Message, StringComparison.Ordinal);
        await using IObjectStore content = GcsServer.Open("", new GcsOptions { CredentialsSecret = "{\"hidden\": \"hidden\"" });
        error = await Fails(() => PutAsync(content, "x"));
        Assert.Equal(StorageErrors.NoCredentials, error.Code);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_replaced_while_it_is_read_is_not_mixed_with_the_new_one()
    {
        await using IObjectStore store = GcsServer.Open(GcsServer.NewFolder());
        await store.PutAsync("x", new byte[3 << 20], PutCondition.Any, default);
        await using IObjectReader reader = await store.OpenAsync("x", default);
        await PutAsync(store, "x");
        Assert.Equal(StorageErrors.Changed, (await Fails(() => reader.ReadAsync(0, new byte[10], default).AsTask())).Code);
    }

    [Fact]
    public async Task A_staged_object_that_a_dead_process_left_is_removed_when_it_is_old()
    {
        string folder = GcsServer.NewFolder();
        await using IObjectStore young = GcsServer.Open(folder);
        await PutAsync(young, "a/.x.csv.0123456789abcdef.mrtmp");
        await young.RemoveStaleAsync("a/x.csv", default);
        Assert.NotNull(await young.FindAsync("a/.x.csv.0123456789abcdef.mrtmp", default));
        await using IObjectStore old = GcsServer.Open(folder, new GcsOptions { StaleAfter = TimeSpan.FromSeconds(-5) });
        await old.RemoveStaleAsync("a/x.csv", default);
        Assert.Null(await old.FindAsync("a/.x.csv.0123456789abcdef.mrtmp", default));
    }

    private static async Task PutAsync(IObjectStore store, string name) => await store.PutAsync(name, "1"u8.ToArray(), PutCondition.Any, default);

    private static async Task<MillraceException> Fails(Func<Task> action) => await Assert.ThrowsAsync<MillraceException>(action);
}
