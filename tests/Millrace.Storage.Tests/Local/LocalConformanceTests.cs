using Millrace.TestKit;

namespace Millrace.Storage.Tests;

public sealed class LocalConformanceTests : StoreConformance, IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    // A file system cannot compare and rename in one step: writers who use tags hold a lock.
    protected override bool HasAtomicTags => false;

    public void Dispose() => _folder.Dispose();

    protected override ValueTask<IObjectStore> CreateAsync() => new(new LocalStore(_folder.Path, "lake"));

    protected override ValueTask AssertNothingStagedAsync(IObjectStore store)
    {
        Assert.DoesNotContain(_folder.Files(), f => f.EndsWith(".mrtmp", StringComparison.Ordinal));
        return ValueTask.CompletedTask;
    }
}
