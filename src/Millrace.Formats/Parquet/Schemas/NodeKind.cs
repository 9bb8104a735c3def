namespace Millrace.Formats.Parquet;

/// <summary>What a node of the schema is made of, once the groups that only carry lists and maps are seen through.</summary>
public enum NodeKind
{
    Leaf,
    Struct,

    /// <summary>One child: the element.</summary>
    List,

    /// <summary>Two children: key and value.</summary>
    Map,
}
