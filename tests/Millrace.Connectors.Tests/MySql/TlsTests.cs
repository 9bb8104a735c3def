using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>Connections are encrypted, and the other end is who it should be, where that is demanded.</summary>
[Trait("speed", "slow")]
public class TlsTests
{
    private static readonly Lazy<MariaDbTestServer> WithTls = new(MariaDbTestServer.DemandTls);

    public TlsTests() => MariaDbTestServer.Demand();

    [Theory]
    [InlineData("localhost", MySqlTls.Disable, false, false)]
    [InlineData("localhost", MySqlTls.Prefer, false, true)]
    [InlineData("127.0.0.1", MySqlTls.Require, false, true)]
    [InlineData("127.0.0.1", MySqlTls.VerifyCa, true, true)]
    [InlineData("localhost", MySqlTls.VerifyFull, true, true)]
    public async Task A_connection_is_encrypted_where_it_should_be(string host, MySqlTls mode, bool namesAuthority, bool isEncrypted)
    {
        await using var server = MySqlServer.Of(Options(host, mode, namesAuthority ? WithTls.Value.Certificate : null), new ConnectorContext { Job = "tls" });
        using MySqlConnection connection = await server.OpenAsync(default);
        string? cipher = (await connection.QueryAsync("SHOW SESSION STATUS LIKE 'Ssl_cipher'", default))[0][1];
        Assert.Equal(isEncrypted, cipher is { Length: > 0 });
    }

    [Theory]
    [InlineData("127.0.0.1", MySqlTls.VerifyFull, true)]
    [InlineData("localhost", MySqlTls.VerifyFull, false)]
    [InlineData("localhost", MySqlTls.VerifyCa, null)]
    public async Task A_server_that_cannot_show_who_it_is_is_refused(string host, MySqlTls mode, bool? namesAuthority)
    {
        using var folder = new TempFolder();
        string other = folder["other.pem"];
        using (var key = System.Security.Cryptography.RSA.Create(2048))
        {
            var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=other", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllTextAsync(other, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        }

        string? authority = namesAuthority switch { true => WithTls.Value.Certificate, null => other, false => null };
        await using var server = MySqlServer.Of(Options(host, mode, authority), new ConnectorContext { Job = "tls" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => server.OpenAsync(default).AsTask());
        Assert.Equal("MR3302", e.Code.Id);
        Assert.Contains("[2026]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encryption_that_is_demanded_is_not_done_without()
    {
        MariaDbTestServer plain = MariaDbTestServer.Demand();
        await using var server = MySqlServer.Of(
            new MySqlSourceOptions { Host = "127.0.0.1", Port = plain.Port, User = DatabaseTestServer.User, Sslmode = MySqlTls.Require }, new ConnectorContext { Job = "tls" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => server.OpenAsync(default).AsTask());
        Assert.Equal("MR3302", e.Code.Id);
    }

    [Fact]
    public void An_authority_that_is_to_be_verified_has_to_be_named()
        => Assert.Equal("MR3310", Assert.Throws<MillraceException>(() => MySqlServer.Of(Options("localhost", MySqlTls.VerifyCa, null), new ConnectorContext { Job = "tls" })).Code.Id);

    private static MySqlSourceOptions Options(string host, MySqlTls mode, string? authority)
        => new() { Host = host, Port = WithTls.Value.Port, User = DatabaseTestServer.User, Sslmode = mode, Sslrootcert = authority };
}
