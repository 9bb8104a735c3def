namespace Millrace.Formats.MarkdownKv;

/// <summary>Is told the parts of a document in their order.</summary>
internal abstract class DocumentVisitor
{
    /// <summary>The front matter as a JSON object.</summary>
    public abstract void FrontMatter(ReadOnlySpan<byte> json);

    /// <summary>A heading; its title may stand in quotes.</summary>
    public abstract void Heading(int level, ReadOnlySpan<byte> title);

    /// <summary>A key, which may stand in quotes, and its value.</summary>
    public abstract void Entry(ReadOnlySpan<byte> key, KvValue value);

    /// <summary>A paragraph or block of code; text, or a JSON string of it.</summary>
    public abstract void Prose(KvValue text);
}
