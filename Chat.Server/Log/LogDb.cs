using Chat.Server.Hosting;
using Chat.Server.Log.Postgres;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// The log's tables: their migrations, and the queries in which a person's rooms are put together.
/// Appending and paging do not go through it, but through hand-written SQL (see <see cref="IRoomLog"/>).
/// </summary>
public class LogDb : DbContext
{
    public const string MigrationsTable = "__LogMigrations";

    public LogDb(DbContextOptions<LogDb> options) : base(options)
    {
    }

    protected LogDb(DbContextOptions options) : base(options)
    {
    }

    public DbSet<RoomRow> Rooms => Set<RoomRow>();

    public DbSet<MemberRow> Members => Set<MemberRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<BlockRow> Blocks => Set<BlockRow>();

    public DbSet<HiddenRoomRow> HiddenRooms => Set<HiddenRoomRow>();

    public DbSet<RequestRow> Requests => Set<RequestRow>();

    public DbSet<InvitationRow> Invitations => Set<InvitationRow>();

    public DbSet<ConsentVersionRow> ConsentVersions => Set<ConsentVersionRow>();

    public DbSet<RoomSettingsRow> RoomSettings => Set<RoomSettingsRow>();

    /// <summary>One that knows the migrations of a database; for everything else the model is the same.</summary>
    public static LogDb Migrating(ChatDatabase database) => database is PostgresDatabase
        ? new PostgresLogDb(database.Options<PostgresLogDb>(MigrationsTable))
        : new LogDb(database.Options<LogDb>(MigrationsTable));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RoomRow>(room =>
        {
            room.ToTable("Rooms").HasKey(r => r.Id);
            room.HasIndex(r => r.DirectKey).IsUnique();
            // The key includes the id, so that rooms with the same name are in order, too, and no search has to sort.
            room.HasIndex(r => new { r.Kind, r.NameKey, r.Id });
            // The list of public rooms begins with those that most people are in.
            room.HasIndex(r => new { r.Kind, r.MemberCount, r.NameKey, r.Id }).IsDescending(false, true, false, false);
        });
        modelBuilder.Entity<MemberRow>(member =>
        {
            member.ToTable("Members").HasKey(m => new { m.RoomId, m.UserId });
            member.HasIndex(m => new { m.UserId, m.RoomId });
            // A person leaves far more rooms in time than they are in.
            member.HasIndex(m => new { m.UserId, m.RoomId }, "IX_Members_Present").HasFilter("\"LeftSeq\" IS NULL");
            // Finds the rooms that a person left last.
            member.HasIndex(m => new { m.UserId, m.LeftAt }).HasFilter("\"LeftAt\" IS NOT NULL");
            // Members are listed by name, and the next page begins after a name and an id.
            member.HasIndex(m => new { m.RoomId, m.UserName, m.UserId }).HasFilter("\"LeftSeq\" IS NULL");
            // Finds the owner, and the member who joined first and becomes the next one.
            member.HasIndex(m => new { m.RoomId, m.Owner, m.JoinSeq }).HasFilter("\"LeftSeq\" IS NULL");
        });
        modelBuilder.Entity<EventRow>(e =>
        {
            e.ToTable("Events").HasKey(r => new { r.RoomId, r.Seq });
            // The client id before the sender: our clients' ids ascend with time, so what is new in a room lies together, whoever sent it.
            e.HasIndex(r => new { r.RoomId, r.ClientId, r.SenderId }).IsUnique();
            // Few events have a target; a deletion looks up the edits of its own.
            e.HasIndex(r => new { r.RoomId, r.Target }).HasFilter("\"Target\" IS NOT NULL");
            // This index tells whether a room was renamed after somebody left. It does not hold messages.
            e.HasIndex(r => new { r.RoomId, r.Seq }, "IX_Events_RoomChanges").HasFilter("\"Type\" = 'room'");
            // The index IX_Events_Unread, which counts unread messages, is made by the migrations: its key is an
            // expression on SQLite.
        });
        ConsentModel.Add(modelBuilder);
        modelBuilder.Entity<ProbeRow>(probe =>
        {
            probe.ToTable("Probe").HasKey(p => p.Id);
            probe.HasData(new ProbeRow { Id = 1 });
        });
    }
}
