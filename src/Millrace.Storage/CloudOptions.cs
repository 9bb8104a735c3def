using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>What is said of every cloud under the same names.</summary>
public abstract record CloudOptions
{
    [Description("Size of the parts in which larger objects are written. Memory for each open object: this times parts_at_once + 1; at Google twice this, in multiples of 256 KiB.")]
    [OptionExample("16MiB")]
    public ByteSize PartSize { get; init; } = ByteSize.MiB(8);

    [Description("Parts of one object that are sent at once. Google takes one after the other, whatever is set.")]
    [Range(1, 64)]
    public int PartsAtOnce { get; init; } = 3;

    [Description("How often a request that failed for the moment is tried again, with growing pauses of random length, or those that the store asks for.")]
    [Range(0, 100)]
    public int Retries { get; init; } = 8;

    [Description("How long one request may take.")]
    [OptionExample("2m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    [Description("Age at which an upload that was not finished counts as left behind by a dead process and is removed. Azure removes them by itself after a week, whatever is set.")]
    [OptionExample("6h")]
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromDays(1);

    [Description("Where the tags of a job go on the objects that it writes.")]
    public ObjectTagging ObjectTags { get; init; } = ObjectTagging.Metadata;
}

/// <summary>Where tags go on objects.</summary>
public enum ObjectTagging
{
    [Description("Into the metadata of the object, which needs no right beyond that to write.")]
    Metadata,

    [Description("As tags of their own, by which rules and searches go: at Amazon they need the right s3:PutObjectTagging, at Azure that to write tags and an account without folders of its own; at Google, which has none, they are metadata. The ten most important ones.")]
    Tags,

    [Description("Nowhere.")]
    None,
}
