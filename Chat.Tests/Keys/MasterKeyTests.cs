using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Chat.Server.Copying;
using Chat.Server.Hosting;
using Chat.Server.Keys;
using Chat.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;

namespace Chat.Tests.Keys;

/// <summary>The keys in the database are useless without a key that is not in it.</summary>
public sealed class MasterKeyTests(SharedPostgres postgres) : IDisposable
{
    private const string Purpose = "test";
    private static readonly string First = MasterKey.NewText(), Second = MasterKey.NewText();

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Sqlite => $"Data Source={_folder.File("chat.db")}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_older_version_left_is_encrypted_in_place_and_what_it_protected_stays_readable()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var token = store.Older(Purpose).Protect("ann");
        var secret = Assert.Single((await store.ReadAsync()).SelectMany(k => k.Descendants("value"))).Value;
        Assert.Contains(secret, await ContentAsync(), StringComparison.Ordinal);

        var ring = await store.EnterAsync(First);

        Assert.Equal("ann", store.Protector(Purpose, ring).Unprotect(token));
        Assert.All(await store.ReadAsync(), key => Assert.False(KeyXml.IsPlain(key)));
        Assert.DoesNotContain(secret, await ContentAsync(), StringComparison.Ordinal); // nor anywhere else in the files
    }

    [Fact]
    public void A_row_whose_secret_is_missing_stops_nobody()
    {
        var key = XElement.Parse("""
            <key><encryptedSecret xmlns="http://schemas.asp.net/2015/03/dataProtection"><unencryptedKey xmlns="" /></encryptedSecret></key>
            """);

        Assert.False(KeyXml.IsPlain(key));
        Assert.Empty(KeyXml.MasterKeyIds(key));
    }

    [Fact]
    public async Task A_new_key_is_encrypted_before_it_is_stored_or_plain_as_long_as_older_nodes_have_to_read_it()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var ring = await store.EnterAsync(First);
        ring.MayEncrypt = false;
        var early = store.Protector(Purpose, ring).Protect("early");
        Assert.Equal("early", store.Older(Purpose).Unprotect(early));

        ring.MayEncrypt = true;
        Assert.Equal(1, await store.Table.ApplyAsync(ring, Ct));
        Assert.Equal(0, await store.Table.ApplyAsync(ring, Ct));

        Assert.Equal("early", store.Protector(Purpose, ring).Unprotect(early));
        Assert.Throws<CryptographicException>(() => store.Older(Purpose).Unprotect(early));
    }

    [Fact]
    public async Task Without_the_master_key_or_with_another_one_a_server_refuses_to_start_and_makes_nothing_new()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var ring = await store.EnterAsync(First);
        store.Protector(Purpose, ring).Protect("ann");
        var file = MasterKeyFile.Of(new KeyOptions(), store.Database)!;

        var other = await Assert.ThrowsAsync<StartException>(() => store.EnterAsync(Second));
        var none = await Assert.ThrowsAsync<StartException>(() =>
            store.Table.EnterAsync(new MasterKeyRing(), null, file));

        Assert.Contains(KeyOptions.MasterKey, other.Message, StringComparison.Ordinal);
        Assert.Contains(ring.Current!.Id, other.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, none.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path));
        Assert.Single(await store.ReadAsync());
    }

    [Fact]
    public async Task A_second_node_with_another_master_key_refuses_even_before_anything_is_encrypted()
    {
        var store = await KeyStore.MakeAsync(await postgres.NewDatabaseAsync(Ct));
        await store.EnterAsync(First);

        await Assert.ThrowsAsync<StartException>(() => store.EnterAsync(Second));
        await store.EnterAsync(First);
    }

    [Fact]
    public async Task A_sealed_key_that_was_changed_keeps_the_server_from_starting()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var ring = await store.EnterAsync(First);
        store.Protector(Purpose, ring).Protect("ann");
        await using (var db = Chat.Server.Accounts.AccountsDb.Migrating(store.Database))
        {
            var key = db.DataProtectionKeys.Single();
            var at = key.Xml!.LastIndexOf("</sealedByMasterKey>", StringComparison.Ordinal) - 10;
            key.Xml = key.Xml[..at] + (key.Xml[at] == 'A' ? 'B' : 'A') + key.Xml[(at + 1)..];
            await db.SaveChangesAsync(Ct);
        }

        Assert.Contains("damaged", (await Assert.ThrowsAsync<StartException>(() => store.EnterAsync(First))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_key_is_replaced_by_a_new_one_before_it_and_then_removed()
    {
        var store = await KeyStore.MakeAsync(await postgres.NewDatabaseAsync(Ct));
        var token = store.Protector(Purpose, await store.EnterAsync(First)).Protect("ann");
        await store.EnterAsync(First, Second); // known to all nodes first

        var ring = await store.EnterAsync(Second, First);
        var late = await store.EnterAsync(First, Second); // one whose file still has the former order

        Assert.Equal(MasterKeys.Parse(Second, "").All[0].Id, ring.Current!.Id);
        Assert.Equal(ring.Current.Id, late.Current!.Id);
        Assert.Equal("ann", store.Protector(Purpose, await store.EnterAsync(Second)).Unprotect(token));
        await Assert.ThrowsAsync<StartException>(() => store.EnterAsync(First));
    }

    [Fact]
    public async Task On_the_way_back_an_older_version_reads_them_and_they_stay_so_until_they_are_encrypted_again()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var token = store.Protector(Purpose, await store.EnterAsync(First)).Protect("ann");

        Assert.Contains("decrypted 1 keys", await CommandAsync("plain"), StringComparison.Ordinal);
        await store.EnterAsync(First); // a server of this version that still runs, or starts
        Assert.Equal("ann", store.Older(Purpose).Unprotect(token));
        Assert.Contains("not encrypted: 1 keys", await CommandAsync("list"), StringComparison.Ordinal);

        await CommandAsync("encrypt");
        Assert.Equal("ann", store.Protector(Purpose, await store.EnterAsync(First)).Unprotect(token));
        Assert.Contains("not encrypted: 0 keys", await CommandAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_master_key_costs_the_sign_ins_and_not_the_database()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var token = store.Protector(Purpose, await store.EnterAsync(First)).Protect("ann");

        Assert.Contains("removed 1 keys", await CommandAsync("discard", Second), StringComparison.Ordinal);

        var ring = await store.EnterAsync(Second);
        Assert.Throws<CryptographicException>(() => store.Protector(Purpose, ring).Unprotect(token));
        Assert.Equal("bob", store.Protector(Purpose, ring).Unprotect(store.Protector(Purpose, ring).Protect("bob")));
    }

    [Fact]
    public async Task After_revoking_nothing_counts_that_was_protected_before()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var ring = await store.EnterAsync(First);
        var token = store.Protector(Purpose, ring).Protect("ann");

        await CommandAsync("revoke");

        Assert.Throws<CryptographicException>(() => store.Protector(Purpose, ring).Unprotect(token));
    }

    [Fact]
    public async Task A_copy_needs_the_same_master_key()
    {
        var store = await KeyStore.MakeAsync(Sqlite);
        var token = store.Protector(Purpose, await store.EnterAsync(First)).Protect("ann");
        var target = new KeyStore(await postgres.NewDatabaseAsync(Ct));

        Assert.Equal(CopyCommand.Done,
            await CopyCommand.RunAsync(["--from", Sqlite, "--to", target.Database.ConnectionString], TextWriter.Null,
                TextWriter.Null, Ct));

        await Assert.ThrowsAsync<StartException>(() => target.EnterAsync(Second));
        Assert.Equal("ann", target.Protector(Purpose, await target.EnterAsync(Second, First)).Unprotect(token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void What_is_no_master_key_is_refused_without_being_quoted(string text)
    {
        var refusal = Assert.Throws<StartException>(() => MasterKeys.Parse(text, KeyOptions.MasterKey));

        Assert.Contains(KeyOptions.MasterKey, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_PostgreSQL_it_is_never_made_and_its_absence_is_named()
    {
        var database = ChatDatabase.At("Host=localhost;Database=chat");

        var refusal = Assert.Throws<StartException>(() => MasterKeys.Read(new KeyOptions(), database));
        var noFile = Assert.Throws<StartException>(() =>
            MasterKeys.Read(new KeyOptions { File = _folder.File("master.key") }, database));

        Assert.Contains($"{KeyOptions.MasterKey} is missing", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("/run/secrets/Chat__Keys__Master", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(KeyOptions.FileKey, noFile.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("plain")]
    [InlineData("encrypt")]
    [InlineData("discard")]
    [InlineData("revoke")]
    public async Task A_command_about_keys_watches_no_files(string verb)
    {
        IReadOnlyList<IConfigurationSource> sources = [];
        await KeysCommand.RunAsync([verb, $"--ConnectionStrings:Chat={Sqlite}"], new StringWriter(), new StringWriter(),
            configuration => sources = [.. configuration.Sources]);

        Assert.NotEmpty(sources.OfType<FileConfigurationSource>());
        Assert.DoesNotContain(sources.OfType<FileConfigurationSource>(), s => s.ReloadOnChange);
    }

    private async Task<string> CommandAsync(string verb, string? masterKey = null)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await KeysCommand.RunAsync([verb, $"--ConnectionStrings:Chat={Sqlite};Pooling=False",
            $"--Chat:Keys:Master={masterKey ?? First}"], output, error);
        Assert.Equal((0, ""), (code, error.ToString()));
        return output.ToString();
    }

    private async Task<string> ContentAsync()
    {
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(_folder.Path))
            text.Append(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Ct)));
        return text.ToString();
    }
}
