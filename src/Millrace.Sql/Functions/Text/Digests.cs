using System.Security.Cryptography;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Digests of texts and bytes; of a text, those of its UTF-8.</summary>
internal static class Digests
{
    /// <summary>As 32 hexadecimal digits.</summary>
    public static Column Md5(in KernelCall call) => Rows.Text(call, new Md5Row(call.Text(0)));

    public static Column Sha1(in KernelCall call) => Rows.Text(call, new ShaRow(call.Text(0), SHA1.HashSizeInBytes, SHA1.HashData));

    public static Column Sha256(in KernelCall call) => Rows.Text(call, new ShaRow(call.Text(0), SHA256.HashSizeInBytes, SHA256.HashData));

    public static Column Sha384(in KernelCall call) => Rows.Text(call, new ShaRow(call.Text(0), SHA384.HashSizeInBytes, SHA384.HashData));

    public static Column Sha512(in KernelCall call) => Rows.Text(call, new ShaRow(call.Text(0), SHA512.HashSizeInBytes, SHA512.HashData));

    private delegate int HashData(ReadOnlySpan<byte> source, Span<byte> target);

    private readonly struct Md5Row(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
            MD5.HashData(text[row], digest);
            Convert.TryToHexStringLower(digest, result.GetSpan(digest.Length * 2), out int written);
            result.Commit(written);
        }
    }

    // The call of the delegate is nothing beside the digest.
    private readonly struct ShaRow(TextArgument text, int size, HashData hash) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            hash(text[row], result.GetSpan(size));
            result.Commit(size);
        }
    }
}
