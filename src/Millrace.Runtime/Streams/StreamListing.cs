using System.Runtime.CompilerServices;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>The streams of a source that are meant.</summary>
public static class StreamListing
{
    /// <summary>Those that a source has now and a selection takes, in the source's order. Fails behind the last one where a name or pattern fits none.</summary>
    /// <param name="source">The source.</param>
    /// <param name="selection">The selection; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async IAsyncEnumerable<StreamDescription> OfAsync(ISource source, StreamSelection? selection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (StreamDescription stream in source.DiscoverAsync(cancellation).ConfigureAwait(false))
        {
            names.Add(stream.Name);
            if (selection?.Has(stream.Name) != false)
            {
                yield return stream;
            }
        }

        selection?.RequireAll(names, new ErrorPlace { Stream = selection.Text });
    }
}
