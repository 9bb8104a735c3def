using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Examples.Notebook;

/// <summary>The pages of a folder, by number.</summary>
internal sealed class Pages(IObjectStore store, string path) : IAsyncDisposable
{
    private const string Ending = ".page";
    private const int LargestPage = 64 << 20;

    /// <summary>What the user calls the folder.</summary>
    public string Path => path;

    /// <param name="path">The folder.</param>
    /// <param name="context">The job.</param>
    /// <param name="wrap">What a test puts in front of the disk.</param>
    public static Pages Open(string path, ConnectorContext context, Func<IObjectStore, IObjectStore> wrap)
        => new(wrap(new LocalStore(System.IO.Path.GetFullPath(path, context.BaseDirectory), path)), path);

    public static string NameOf(long number) => number.ToString("D8", CultureInfo.InvariantCulture) + Ending;

    public static long NumberOf(string name) => long.Parse(name.AsSpan(0, name.Length - Ending.Length), CultureInfo.InvariantCulture);

    /// <summary>The files of the pages, in their order.</summary>
    public async ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(CancellationToken cancellation)
    {
        var pages = new List<ObjectInfo>();
        await foreach (ObjectInfo info in store.ListAsync("", _ => false, cancellation).ConfigureAwait(false))
        {
            if (info.Name.Length == NameOf(0).Length && info.Name.EndsWith(Ending, StringComparison.Ordinal) && info.Name.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0)
            {
                pages.Add(info);
            }
        }

        return pages;
    }

    public async ValueTask<Page> ReadAsync(string name, CancellationToken cancellation)
    {
        IObjectReader reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (reader.Info.Size > LargestPage)
            {
                throw NotebookErrors.Damaged(store.Describe(name), $"has {reader.Info.Size} bytes; at most {LargestPage} are read");
            }

            var bytes = new byte[reader.Info.Size];
            for (int done = 0, read = 1; done < bytes.Length && read > 0; done += read)
            {
                read = await reader.ReadAsync(done, bytes.AsMemory(done), cancellation).ConfigureAwait(false);
            }

            return Page.FromBytes(bytes, store.Describe(name));
        }
    }

    /// <summary>Publishes a page, whole and durable, unless there is one of its number.</summary>
    public async ValueTask<ObjectInfo> PublishAsync(long number, Page page, CancellationToken cancellation)
    {
        try
        {
            return await store.PutAsync(NameOf(number), page.ToBytes(), PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            throw NotebookErrors.WrittenMeanwhile.Error($"'{store.Describe(NameOf(number))}' was written since this run began.", ErrorPlace.InFile(store.Describe(NameOf(number))), inner: e);
        }
    }

    /// <summary>Throws away what a run that died was about to publish.</summary>
    public ValueTask RemoveStaleAsync(CancellationToken cancellation) => store.RemoveStaleAsync("", cancellation);

    public string Describe(string name) => store.Describe(name);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
