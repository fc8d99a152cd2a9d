using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// The tables of requests, invitations and blocks. Each list that one person asks for is a range of an index.
/// </summary>
internal static class ConsentModel
{
    public static void Add(ModelBuilder model)
    {
        model.Entity<BlockRow>().ToTable("Blocks").HasKey(b => new { b.UserId, b.OtherId });
        model.Entity<HiddenRoomRow>().ToTable("HiddenRooms").HasKey(h => new { h.UserId, h.RoomId });
        model.Entity<RequestRow>(request =>
        {
            request.ToTable("Requests").HasKey(r => r.RoomId);
            request.HasIndex(r => new { r.ById, r.At });
            request.HasIndex(r => new { r.ToId, r.Declined });
        });
        model.Entity<InvitationRow>(invitation =>
        {
            invitation.ToTable("RoomInvitations").HasKey(i => new { i.UserId, i.RoomId });
            invitation.HasIndex(i => new { i.UserId, i.At }).HasFilter("\"Declined\" = 0");
            invitation.HasIndex(i => new { i.ById, i.At }).HasFilter("\"Declined\" < 2");
        });
        model.Entity<ConsentVersionRow>().ToTable("ConsentVersions").HasKey(v => v.UserId);
        model.Entity<RoomSettingsRow>(settings =>
        {
            settings.ToTable("RoomSettings").HasKey(s => s.Id);
            settings.HasData(new RoomSettingsRow { Id = 1, Consent = false });
        });
    }
}
