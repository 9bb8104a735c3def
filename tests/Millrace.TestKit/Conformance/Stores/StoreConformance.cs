using System.Text;
using Millrace.Storage;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// What every object store has to do. An author derives a test class, says how to open an empty store, and inherits the
/// tests: names and reading here, listing, conditions and staging in the classes that this one is made of.
/// </summary>
public abstract class StoreConformance : StagedConformance;

/// <summary>What the parts of the suite share.</summary>
public abstract class StoreTests
{
    /// <summary>A store without objects, which no other test uses. Whoever asks disposes it.</summary>
    protected abstract ValueTask<IObjectStore> CreateAsync();

    /// <summary>Whether a write to a free name is one step. A store that only looks before it writes is tested with one writer.</summary>
    protected virtual bool HasAtomicAbsence => true;

    /// <summary>Whether a write on a tag is one step.</summary>
    protected virtual bool HasAtomicTags => true;

    /// <summary>Whether of two that stage one name both can be published, whichever comes first.</summary>
    protected virtual bool StagesApart => true;

    /// <summary>How many bytes make an object of several parts.</summary>
    protected virtual int SeveralParts => 300_000;

    protected static async Task<ObjectInfo> PutAsync(IObjectStore store, string name, string text, PutCondition condition = default)
        => await store.PutAsync(name, Encoding.UTF8.GetBytes(text), condition, default);

    protected static async Task<string> TextAsync(IObjectStore store, string name) => Encoding.UTF8.GetString(await BytesAsync(store, name));

    protected static async Task<byte[]> BytesAsync(IObjectStore store, string name)
    {
        await using IObjectReader reader = await store.OpenAsync(name, default);
        var bytes = new byte[reader.Info.Size];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = await reader.ReadAsync(done, bytes.AsMemory(done), default);
            Assert.True(read > 0, $"{name} ends at {done} of {bytes.Length} bytes.");
            done += read;
        }

        Assert.Equal(0, await reader.ReadAsync(bytes.Length, new byte[1], default));
        return bytes;
    }

    protected static async Task<string[]> ListAsync(IObjectStore store, string prefix, Func<string, bool>? enter = null)
        => [.. await store.ListAsync(prefix, enter, default).Select(o => o.Name).ToListAsync()];

    protected static async Task<MillraceException> FailsAsync(ErrorCode code, Func<Task> action)
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(action);
        Assert.True(error.Code == code, $"Expected {code.Id}: {error}");
        return error;
    }

    /// <summary>Bytes of which no two places look alike.</summary>
    protected static byte[] Noise(int length, int seed = 17)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
