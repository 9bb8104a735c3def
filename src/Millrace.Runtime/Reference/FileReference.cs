using System.Text;

namespace Millrace.Runtime;

/// <summary>The pages about configuration files, from their records.</summary>
public static class FileReference
{
    /// <summary>The page of a kind of <see cref="JsonSchemaGenerator.Kinds"/>.</summary>
    public static string ToMarkdown(string kind)
    {
        Type record = JsonSchemaGenerator.Kinds[kind];
        var text = new StringBuilder();
        text.Append($"# {char.ToUpperInvariant(kind[0])}{kind[1..]} files\n\n");
        text.Append("Generated from the code. ");
        text.Append($"Editors complete and check these files with [`schemas/{kind}.schema.json`](../../schemas/{kind}.schema.json); ");
        text.Append("`millrace validate` names every fault with file, line and column.\n\n");
        ConnectorReference.AppendOptions(text, record, "##");
        return text.ToString();
    }
}
